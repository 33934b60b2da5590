// A drawing of the window to come. It holds no data and is hidden from screen readers.
const NAV = [72, 96, 64];
const ROWS = [
  [154, 60, 82, 92, 50],
  [172, 46, 70, 122, 44],
  [148, 52, 88, 132, 46],
  [184, 60, 74, 96, 58],
  [120, 52, 96, 150, 40],
  [166, 46, 70, 84, 52],
  [132, 60, 88, 118, 44],
  [176, 52, 62, 140, 60],
  [110, 60, 84, 76, 48],
  [158, 46, 76, 128, 42],
  [142, 52, 92, 104, 56],
];

function Bar({ width, strong = false }: { width: number; strong?: boolean }) {
  return <span className={`block h-2 rounded-full ${strong ? "bg-line" : "bg-pressed"}`} style={{ width }} />;
}

export function Preview() {
  return (
    <aside aria-hidden="true" className="relative overflow-hidden border-line border-l bg-app">
      <div className="absolute top-[12vh] left-16 grid h-[88vh] w-[980px] grid-cols-[180px_1fr] overflow-hidden rounded-lg bg-surface shadow-dialog">
        <div className="grid content-start gap-4 border-line border-r bg-app p-4">
          <span className="flex items-center gap-2">
            <span className="size-5 rounded-sm bg-accent-fill" />
            <Bar width={84} strong />
          </span>
          <span className="inset-line h-8 rounded-sm bg-surface" />
          {NAV.map((width, index) => (
            <span
              key={width}
              className={`-mx-2 flex items-center gap-2 rounded-sm px-2 py-2 ${index === 0 ? "bg-pressed" : ""}`}
            >
              <span className="size-3.5 rounded-xs bg-line" />
              <span className="h-2 rounded-full bg-line-strong opacity-40" style={{ width }} />
            </span>
          ))}
        </div>
        <div>
          <div className="flex h-12 items-center justify-between border-line border-b px-5">
            <Bar width={96} strong />
            <span className="h-7 w-28 rounded-sm bg-accent-fill" />
          </div>
          {ROWS.map((row) => (
            <div
              key={row[0]}
              className="grid h-11 grid-cols-[230px_110px_130px_1fr] items-center border-line-faint border-b px-5"
            >
              <Bar width={row[0] ?? 0} strong />
              <Bar width={row[1] ?? 0} />
              <Bar width={row[2] ?? 0} />
              <Bar width={row[3] ?? 0} />
            </div>
          ))}
        </div>
      </div>
    </aside>
  );
}
