import type { ReactNode } from "react";

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section
      aria-label={title}
      className="grid grid-cols-[180px_minmax(0,1fr)] gap-x-6 border-line border-b py-6 last:border-b-0"
    >
      <h2 className="font-semibold">{title}</h2>
      <div className="min-w-0">{children}</div>
    </section>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[164px_minmax(0,1fr)] pb-2">
      <dt className="text-ink-2">{name}</dt>
      <dd data-selectable className="wrap-anywhere">
        {children}
      </dd>
    </div>
  );
}
