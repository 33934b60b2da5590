import { useNavigate, useParams } from "react-router";
import { Button } from "../../components/Button";
import { DocumentPage, Fact } from "../../components/DocumentPage";
import { ErrorNote } from "../../components/ErrorNote";
import { LinesTable } from "../../components/LinesTable";
import { QuoteTag } from "../../components/SalesStatus";
import { useBack } from "../../components/useBack";
import { toAppError } from "../../lib/call";
import { localDay } from "../../lib/dates";
import { longDay, shortDay } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import type { QuotePage } from "../../lib/types";
import { useQuotePage } from "../../record/queries";
import { useVerbs } from "./useVerbs";

const dayOrNothing = (at: number | null | undefined) =>
  at === null || at === undefined ? null : shortDay(localDay(at));

function Facts({ page }: { page: QuotePage }) {
  const quote = page.quote.record;
  const { customer, before, after, order } = page;
  return (
    <>
      <Fact name={t("column.customer")} to={customer ? `/customers/${customer.id}` : undefined}>
        {customer?.name ?? "–"}
      </Fact>
      <Fact name={t("field.contactId")}>{page.contact?.name}</Fact>
      <Fact name={t("column.validUntil")}>{quote.validUntil === null ? "–" : longDay(quote.validUntil)}</Fact>
      <Fact name={t("column.created")}>{dayOrNothing(quote.createdAt)}</Fact>
      <Fact name={t("quote.sentOn")}>{dayOrNothing(quote.sentAt)}</Fact>
      <Fact name={t("quote.viewedOn")}>{dayOrNothing(quote.viewedAt)}</Fact>
      <Fact name={t("quote.answeredOn")}>{dayOrNothing(quote.respondedAt)}</Fact>
      <Fact name={t("verb.reason")}>{quote.rejectedReason}</Fact>
      <Fact name={t("quote.paymentTerms")}>{quote.paymentTerms}</Fact>
      <Fact name={t("quote.deliveryTerms")}>{quote.deliveryTerms}</Fact>
      <Fact name={t("quote.before")} to={`/quotes/${before?.id}`}>
        {before?.number}
      </Fact>
      <Fact name={t("quote.after")} to={`/quotes/${after?.id}`}>
        {after?.number}
      </Fact>
      <Fact name={t("quote.order")} to={`/orders/${order?.id}`}>
        {order?.number}
      </Fact>
    </>
  );
}

export function QuoteScreen() {
  const { id = "" } = useParams();
  const { data: page, error, refetch } = useQuotePage(id);
  const navigate = useNavigate();
  const { start, dialog } = useVerbs();
  const back = () => navigate("/quotes");
  useKeys({ Escape: useBack("/quotes") });
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
    <>
      <DocumentPage
        back={{ label: t("quotes.back"), go: back }}
        number={quote.quoteNumber}
        tag={<QuoteTag status={quote.status} />}
        waiting={page.quote.waiting}
        actions={page.can.map((verb, index) => (
          <Button key={verb} variant={index === 0 ? "primary" : "plain"} onClick={() => start(verb, target)}>
            {t(`verb.${verb}` as Key)}
          </Button>
        ))}
        subject={quote.subject}
        about={quote.description}
        facts={<Facts page={page} />}
      >
        <LinesTable of={quote} caption={t("lines.of", { number: quote.quoteNumber })} />
      </DocumentPage>
      {dialog}
    </>
  );
}
