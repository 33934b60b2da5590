import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { t } from "../lib/i18n";
import { IconButton } from "./Button";
import { WaitingDot } from "./WaitingDot";

interface Props {
  back: { label: string; go: () => void };
  number: string;
  tag?: ReactNode;
  waiting?: boolean;
  /** What can be done now, the first step first. */
  actions?: ReactNode;
  /** What it is about, above its lines. */
  subject?: string;
  about?: string | null;
  /** Named values at the side; without them the page is as wide as it is. */
  facts?: ReactNode;
  children: ReactNode;
}

/** The page of a quote or an order: number and steps above, lines in the middle, facts at the side. */
export function DocumentPage({ back, number, tag, waiting, actions, subject, about, facts, children }: Props) {
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <IconButton icon={ArrowLeft} label={back.label} onClick={back.go} />
        <h1 className="cut font-semibold text-lead">{number}</h1>
        {tag}
        {waiting ? <WaitingDot label={t("list.waiting")} /> : null}
        <span className="ml-auto flex gap-2">{actions}</span>
      </header>
      <div className="flex min-h-0 flex-1">
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
          tabIndex={0}
          aria-label={t("lines.title")}
          className="min-h-0 min-w-0 flex-1 overflow-y-auto px-6 py-5"
        >
          {subject ? (
            <h2 data-selectable className="wrap-anywhere font-semibold text-h3">
              {subject}
            </h2>
          ) : null}
          {about ? (
            <p data-selectable className="wrap-anywhere mt-1 max-w-[62ch] whitespace-pre-wrap text-ink-2">
              {about}
            </p>
          ) : null}
          <div className={subject ? "mt-5" : undefined}>{children}</div>
        </section>
        {facts ? (
          <aside
            // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
            tabIndex={0}
            aria-label={t("details.title")}
            className="min-h-0 w-(--side) shrink-0 overflow-y-auto border-line border-l max-mid:w-[316px]"
          >
            <dl className="px-4 py-3">{facts}</dl>
          </aside>
        ) : null}
      </div>
    </main>
  );
}

/** One named value at the side; nothing where there is none. */
export function Fact({ name, to, children }: { name: string; to?: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "") return null;
  return (
    <div className="grid grid-cols-[104px_minmax(0,1fr)] gap-2 py-1">
      <dt className="text-ink-3">{name}</dt>
      <dd data-num data-selectable className="wrap-anywhere">
        {to ? (
          <Link className="font-medium text-accent-ink hover:underline" to={to}>
            {children}
          </Link>
        ) : (
          children
        )}
      </dd>
    </div>
  );
}
