import { Avatar } from "../../components/Avatar";
import { WaitingDot } from "../../components/WaitingDot";
import type { Customer } from "../../gen/records";
import { cx } from "../../lib/cx";
import { isOverdue, relativeDay, roundMoney } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Listed } from "../../lib/types";

interface Props {
  customer: Listed<Customer>;
  owner: string | null;
  mine: boolean;
  currency: string;
}

/** What a card shows: name and owner, next step and day, value and town. */
export function BoardCard({ customer, owner, mine, currency }: Props) {
  const { nextStep, nextFollowUp } = customer;
  return (
    <span className="grid grid-cols-[minmax(0,1fr)] gap-1.5 rounded-md bg-raised px-3 py-2.5 text-left shadow-card">
      <span className="flex h-5 items-center gap-1.5">
        <span className="cut flex-1 font-medium" title={customer.name}>
          {customer.name}
        </span>
        {customer.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
        {owner ? (
          <span title={owner} className="grid">
            <Avatar name={owner} me={mine} />
          </span>
        ) : null}
      </span>
      <span className="flex gap-2 text-small">
        {nextFollowUp === null && !nextStep ? <span className="text-ink-3">{t("customer.noNextStep")}</span> : null}
        {nextStep ? <span className="cut">{nextStep}</span> : null}
        {nextFollowUp === null ? null : (
          <span data-num className={cx("shrink-0", isOverdue(nextFollowUp) ? "text-danger" : "text-ink-3")}>
            {relativeDay(nextFollowUp)}
          </span>
        )}
      </span>
      <span data-num className="flex gap-2 text-ink-2 text-small">
        {customer.value === null ? (
          <span className="shrink-0 text-ink-3">{t("board.noValue")}</span>
        ) : (
          <span className="shrink-0">{roundMoney(customer.value, currency)}</span>
        )}
        <span className="cut text-ink-3">{customer.city}</span>
      </span>
    </span>
  );
}
