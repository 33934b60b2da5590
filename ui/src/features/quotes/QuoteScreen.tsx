import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { Button, IconButton } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { LinesTable } from "../../components/LinesTable";
import { QuoteTag } from "../../components/SalesStatus";
import { WaitingDot } from "../../components/WaitingDot";
import { toAppError } from "../../lib/call";
import { localDay } from "../../lib/dates";
import { longDay, shortDay } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import type { QuotePage } from "../../lib/types";
import { useQuotePage } from "../../record/queries";
import { useVerbs } from "./useVerbs";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[104px_minmax(0,1fr)] gap-2 py-1">
      <dt className="text-ink-3">{name}</dt>
      <dd data-selectable className="break-words">
        {children}
      </dd>
    </div>
  );
}

const LINK = "font-medium text-accent-ink hover:underline";

function Facts({ page }: { page: QuotePage }) {
  const quote = page.quote.record;
  const instants = [
    ["quote.sentOn", quote.sentAt],
    ["quote.viewedOn", quote.viewedAt],
    ["quote.answeredOn", quote.respondedAt],
  ] as const;
  return (
    <dl className="px-4 py-3">
      <Fact name={t("column.customer")}>
        {page.customer ? (
          <Link className={LINK} to={`/customers/${page.customer.id}`}>
            {page.customer.name}
          </Link>
        ) : (
          "–"
        )}
      </Fact>
      {page.contact ? <Fact name={t("field.contactId")}>{page.contact.name}</Fact> : null}
      <Fact name={t("column.validUntil")}>{quote.validUntil === null ? "–" : longDay(quote.validUntil)}</Fact>
      <Fact name={t("column.created")}>{shortDay(localDay(quote.createdAt))}</Fact>
      {instants.map(([label, at]) =>
        at === null ? null : (
          <Fact key={label} name={t(label)}>
            {shortDay(localDay(at))}
          </Fact>
        ),
      )}
      {quote.rejectedReason ? <Fact name={t("verb.reason")}>{quote.rejectedReason}</Fact> : null}
      {quote.paymentTerms ? <Fact name={t("quote.paymentTerms")}>{quote.paymentTerms}</Fact> : null}
      {quote.deliveryTerms ? <Fact name={t("quote.deliveryTerms")}>{quote.deliveryTerms}</Fact> : null}
      {page.before ? (
        <Fact name={t("quote.before")}>
          <Link className={LINK} to={`/quotes/${page.before.id}`}>
            {page.before.number}
          </Link>
        </Fact>
      ) : null}
      {page.after ? (
        <Fact name={t("quote.after")}>
          <Link className={LINK} to={`/quotes/${page.after.id}`}>
            {page.after.number}
          </Link>
        </Fact>
      ) : null}
      {page.order ? (
        <Fact name={t("quote.order")}>
          <Link className={LINK} to={`/orders/${page.order.id}`}>
            {page.order.number}
          </Link>
        </Fact>
      ) : null}
    </dl>
  );
}

export function QuoteScreen() {
  const { id = "" } = useParams();
  const { data: page, error, refetch } = useQuotePage(id);
  const navigate = useNavigate();
  const { start, dialog } = useVerbs();
  useKeys({ Escape: () => navigate("/quotes") });
  if (error) {
    return (
      <main className="p-6">
        <ErrorNote error={toAppError(error)} ways={{ reload: () => void refetch(), retry: () => void refetch() }} />
      </main>
    );
  }
  if (!page) return <main />;
  const quote = page.quote.record;
  const target = { id, number: quote.quoteNumber, customerId: quote.customerId, status: quote.status };
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <IconButton icon={ArrowLeft} label={t("quotes.back")} onClick={() => navigate("/quotes")} />
        <h1 data-num className="cut font-semibold text-lead">
          {quote.quoteNumber}
        </h1>
        <QuoteTag status={quote.status} />
        {page.quote.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
        <span className="ml-auto flex gap-2">
          {page.can.map((verb, index) => (
            <Button key={verb} variant={index === 0 ? "primary" : "plain"} onClick={() => start(verb, target)}>
              {t(`verb.${verb}` as Key)}
            </Button>
          ))}
        </span>
      </header>
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_var(--side)]">
        <div className="min-h-0 overflow-y-auto px-6 py-5">
          <h2 data-selectable className="break-words font-semibold text-h3">
            {quote.subject}
          </h2>
          {quote.description ? (
            <p data-selectable className="mt-1 max-w-[62ch] whitespace-pre-wrap text-ink-2">
              {quote.description}
            </p>
          ) : null}
          <div className="mt-5">
            {quote.items.length === 0 ? (
              <p className="text-ink-3">{t("lines.none")}</p>
            ) : (
              <LinesTable of={quote} caption={t("lines.of", { number: quote.quoteNumber })} />
            )}
          </div>
        </div>
        <aside aria-label={t("details.title")} className="min-h-0 overflow-y-auto border-line border-l">
          <Facts page={page} />
        </aside>
      </div>
      {dialog}
    </main>
  );
}
