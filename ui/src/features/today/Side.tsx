import type { ReactNode } from "react";
import { Link } from "react-router";
import { localDay, today } from "../../lib/dates";
import { clock, count, dayAndTime, money, relativeDay, shortDay } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import type { News, Overview, QuoteRow, TodayPage } from "../../lib/types";
import { userName } from "../../record/queries";

function Panel({ title, total, children }: { title: string; total?: number; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-line border-b px-4 py-3 last:border-b-0">
      <h2 className="mb-1 flex items-baseline gap-1.5 font-semibold">
        {title}
        {total === undefined ? null : (
          <span data-num className="font-normal text-ink-3">
            {count(total)}
          </span>
        )}
      </h2>
      {children}
    </section>
  );
}

const ITEM = "-mx-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-sm px-2 py-1.5 hover:bg-hover";

function Nothing({ children }: { children: ReactNode }) {
  return <p className="text-ink-3">{children}</p>;
}

function Expiring({ quotes }: { quotes: readonly QuoteRow[] }) {
  return (
    <Panel title={t("today.expiring")} total={quotes.length || undefined}>
      {quotes.length === 0 ? <Nothing>{t("today.noneExpiring")}</Nothing> : null}
      {quotes.map((quote) => (
        <Link key={quote._id} to={`/quotes/${quote._id}`} className={ITEM}>
          <span className="cut">{quote.customerName}</span>
          <span data-num className="text-right">
            {money(quote.totalAmount, quote.currency)}
          </span>
          <span className="cut text-ink-3 text-small">
            {quote.quoteNumber} ·{" "}
            {quote.viewedAt ? t("today.viewedOn", { day: shortDay(localDay(quote.viewedAt)) }) : t("today.notViewed")}
          </span>
          <span data-num className="text-right text-small text-warn">
            {quote.validUntil === null ? "" : relativeDay(quote.validUntil, false)}
          </span>
        </Link>
      ))}
    </Panel>
  );
}

function NeedsPrimary({ of: { items, total } }: { of: TodayPage["needsPrimary"] }) {
  if (items.length === 0) return null;
  return (
    <Panel title={t("today.needsPrimary")} total={total ?? items.length}>
      {items.map((one) => (
        <Link key={one.id} to={`/customers/${one.id}`} className={ITEM}>
          <span className="cut">{one.name}</span>
          <span className="font-medium text-accent-ink">{t("today.choose")}</span>
          <span className="text-ink-3 text-small">
            {t("today.createdOn", { day: shortDay(localDay(one.createdAt)) })}
          </span>
        </Link>
      ))}
    </Panel>
  );
}

function newsText(one: News, overview: Overview | undefined): string {
  const who = userName(overview, one.by) ?? t("today.somebody");
  const about = one.what === "status" || one.what === "given" ? t(`status.${one.about}` as Key) : one.about;
  const type = one.type ? t(`interaction.${one.type}` as Key) : "";
  return t(`news.${one.what}`, { who, about, type });
}

function NewsPanel({ page, overview }: { page: TodayPage; overview: Overview | undefined }) {
  const title = page.since === null ? t("today.news") : t("today.since", { when: dayAndTime(page.since) });
  return (
    <Panel title={title}>
      {page.news.length === 0 ? <Nothing>{t(page.since === null ? "today.newsAbout" : "today.noNews")}</Nothing> : null}
      {page.news.map((one) => (
        <Link key={`${one.what}${one.id}${one.at}`} to={`/${one.kind}/${one.id}`} className={ITEM}>
          <span className="min-w-0 break-words">{newsText(one, overview)}</span>
          <span data-num className="text-ink-3 text-small leading-5">
            {localDay(one.at) === today() ? clock(one.at) : shortDay(localDay(one.at))}
          </span>
          <span className="cut text-ink-3 text-small">{one.customerName}</span>
        </Link>
      ))}
    </Panel>
  );
}

/** What wants to be known beside what wants to be done. */
export function Side({ page, overview }: { page: TodayPage; overview: Overview | undefined }) {
  return (
    <aside aria-label={t("today.side")} className="min-h-0 overflow-y-auto border-line border-l bg-sunken">
      <Expiring quotes={page.expiring} />
      <NeedsPrimary of={page.needsPrimary} />
      <NewsPanel page={page} overview={overview} />
    </aside>
  );
}
