// A drawing of the window to come, with a day of a made-up company in it. It is hidden from screen readers.
import { Search } from "lucide-react";
import { initials } from "../../components/Avatar";
import { ICONS } from "../../components/kinds";
import { cx } from "../../lib/cx";
import { addDays, onWall, today } from "../../lib/dates";
import { longDay, timeOfDay, wallRelative } from "../../lib/format";
import { t } from "../../lib/i18n";
import { PLACES } from "../../lib/places";
import { PREVIEW, type PreviewRow } from "./previewRows";

function when({ days, minute }: PreviewRow): string {
  if (days === 0) return minute === undefined ? "" : timeOfDay(minute);
  return wallRelative(onWall(addDays(today(), days), minute ?? null));
}

function Row({ row, late }: { row: PreviewRow; late: boolean }) {
  const Icon = ICONS[row.type];
  return (
    <div className="grid h-[31px] grid-cols-[16px_16px_230px_230px_1fr] items-center gap-2.5 border-line-faint border-b">
      <span className="size-3.5 rounded-full shadow-[inset_0_0_0_1px_var(--line-strong)]" />
      <Icon size={14} strokeWidth={1.75} className="text-ink-3" />
      <span className="cut">{t(row.about)}</span>
      <span className="cut text-ink-2">{row.customer}</span>
      <span data-num className={late ? "text-danger" : "text-ink-2"}>
        {when(row)}
      </span>
    </div>
  );
}

function Rail() {
  return (
    <div className="grid content-start gap-px border-line border-r bg-app p-2">
      <span className="flex h-8 items-center gap-2 px-1.5 font-semibold">
        <span className="grid size-5 place-items-center rounded-sm bg-ink text-micro text-surface">
          {initials(t("preview.company")).slice(0, 1)}
        </span>
        {t("preview.company")}
      </span>
      <span className="inset-line my-1.5 mb-3 flex h-8 items-center gap-2 rounded-sm bg-surface px-2 text-ink-3">
        <Search size={14} strokeWidth={1.75} />
        <span className="cut">{t("palette.button")}</span>
      </span>
      {PLACES.filter((place) => place.part === "work").map(({ to, icon: Icon, label, counts }) => (
        <span
          key={to}
          className={cx(
            "flex h-7 items-center gap-2 rounded-sm px-2",
            counts === "due" ? "bg-pressed font-medium text-ink" : "text-ink-2",
          )}
        >
          <Icon size={15} strokeWidth={1.75} className="text-ink-3" />
          <span className="cut">{t(label)}</span>
        </span>
      ))}
    </div>
  );
}

export function Preview() {
  return (
    <aside aria-hidden="true" className="relative select-none overflow-hidden border-line border-l bg-app">
      <div className="absolute top-[9vh] left-16 grid h-[82vh] min-h-[560px] w-[1040px] grid-cols-[190px_1fr] overflow-hidden rounded-lg bg-surface text-small shadow-dialog">
        <Rail />
        <div className="px-5 pt-4">
          <p className="font-semibold text-h3">{longDay(today())}</p>
          {PREVIEW.map(({ title, late = false, rows }) => (
            <div key={title}>
              <p className="flex gap-2 border-line border-b pt-4 pb-1 font-semibold">
                <span className={cx(late && "text-danger")}>{t(title)}</span>
                <span data-num className="font-normal text-ink-3">
                  {rows.length}
                </span>
              </p>
              {rows.map((row) => (
                <Row key={row.about} row={row} late={late} />
              ))}
            </div>
          ))}
        </div>
      </div>
    </aside>
  );
}
