import type { ReactNode } from "react";

/** A part of the side column: title, count, one action at the right. */
export function Panel({
  title,
  count,
  action,
  children,
}: {
  title: string;
  count?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="border-line border-b px-4 py-3 last:border-b-0">
      <div className="mb-1.5 flex h-6 items-center gap-1.5">
        <h2 className="font-semibold">{title}</h2>
        {count ? (
          <span data-num className="text-ink-3">
            {count}
          </span>
        ) : null}
        <span className="ml-auto">{action}</span>
      </div>
      {children}
    </section>
  );
}
