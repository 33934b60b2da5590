import { cx } from "../lib/cx";
import { t } from "../lib/i18n";
import type { CustomerStatus } from "../lib/types";

const TONE: Record<CustomerStatus, string> = {
  prospect: "text-st-prospect",
  lead: "text-st-lead",
  active: "text-st-active",
  inactive: "text-st-inactive",
};

function Shape({ status }: { status: CustomerStatus }) {
  if (status === "prospect") return <circle cx="7" cy="7" r="5.25" strokeDasharray="2.2 1.9" />;
  if (status === "lead") {
    return (
      <>
        <circle cx="7" cy="7" r="5.25" />
        <path d="M7 3.6a3.4 3.4 0 0 1 0 6.8z" fill="currentColor" stroke="none" />
      </>
    );
  }
  if (status === "active") {
    return (
      <>
        <circle cx="7" cy="7" r="6" fill="currentColor" stroke="none" />
        <path d="m4.5 7.2 1.7 1.7 3.3-3.5" stroke="var(--surface)" />
      </>
    );
  }
  return (
    <>
      <circle cx="7" cy="7" r="5.25" />
      <path d="M4.8 7h4.4" />
    </>
  );
}

/** The glyph of a status; always stands next to its word. */
export function StatusGlyph({ status }: { status: CustomerStatus }) {
  return (
    <svg
      className={cx("shrink-0", TONE[status])}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <Shape status={status} />
    </svg>
  );
}

export function StatusWord({ status }: { status: CustomerStatus }) {
  return (
    <span className="flex items-center gap-1.5">
      <StatusGlyph status={status} />
      {t(`status.${status}`)}
    </span>
  );
}
