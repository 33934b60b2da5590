import { FileDown } from "lucide-react";

/** What is said while files hover over a place that takes them. */
export function DropHint({ children }: { children: string }) {
  return (
    <div className="pointer-events-none absolute inset-2 z-(--z-popover) grid place-items-center rounded-lg border-2 border-accent border-dashed bg-surface/85">
      <span className="inline-flex items-center gap-2 rounded-md bg-raised px-4 py-2 font-medium shadow-pop">
        <FileDown size={16} strokeWidth={1.75} className="text-accent-ink" aria-hidden="true" />
        {children}
      </span>
    </div>
  );
}
