import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { Button } from "./Button";

const ROWS = [
  [88, 96, 62, 56],
  [88, 70, 62, 56],
  [88, 84, 62, 56],
] as const;

interface Props {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  /** Where one goes from here when there is nothing to begin. */
  way?: { to: string; label: string };
}

/** What will be here, what it is for, and how to begin. */
export function EmptyState({ title, children, actions, way }: Props) {
  const navigate = useNavigate();
  return (
    <div className="mx-auto w-[420px] max-w-full px-4 py-16">
      <div aria-hidden="true" className="mb-5">
        {ROWS.map((row, index) => (
          <div
            key={row[1]}
            className="flex items-center gap-4 border-line-faint border-b py-3"
            style={{ opacity: 1 - index * 0.3 }}
          >
            {row.map((width, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a fixed drawing
              <span key={at} className="h-2 rounded-full bg-pressed" style={{ width }} />
            ))}
          </div>
        ))}
      </div>
      <h2 className="font-semibold text-h3">{title}</h2>
      <p className="mt-1 text-ink-2">{children}</p>
      {way ? (
        <Button className="mt-4" onClick={() => navigate(way.to)}>
          {way.label}
        </Button>
      ) : null}
      {actions ? <div className="mt-4 flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  );
}
