import { Check, Clock, Eye, type LucideIcon, PackageCheck, PencilLine, Send, Truck, Undo2, X } from "lucide-react";
import type { Order, Quote } from "../gen/records";
import { cx } from "../lib/cx";
import { t } from "../lib/i18n";

interface Look {
  icon: LucideIcon;
  tone: string;
}

const QUOTE: Record<Quote["status"], Look> = {
  draft: { icon: PencilLine, tone: "bg-q-draft-soft text-q-draft" },
  sent: { icon: Send, tone: "bg-q-sent-soft text-q-sent" },
  viewed: { icon: Eye, tone: "bg-q-viewed-soft text-q-viewed" },
  accepted: { icon: Check, tone: "bg-q-accepted-soft text-q-accepted" },
  rejected: { icon: X, tone: "bg-q-rejected-soft text-q-rejected" },
  expired: { icon: Clock, tone: "bg-q-expired-soft text-q-expired" },
};

const ORDER: Record<Order["status"], Look> = {
  draft: { icon: PencilLine, tone: "bg-q-draft-soft text-q-draft" },
  confirmed: { icon: Check, tone: "bg-q-viewed-soft text-q-viewed" },
  shipped: { icon: Truck, tone: "bg-q-sent-soft text-q-sent" },
  delivered: { icon: PackageCheck, tone: "bg-q-accepted-soft text-q-accepted" },
  cancelled: { icon: X, tone: "bg-q-rejected-soft text-q-rejected" },
  returned: { icon: Undo2, tone: "bg-q-expired-soft text-q-expired" },
};

function Tag({ look: { icon: Icon, tone }, word }: { look: Look; word: string }) {
  return (
    <span
      className={cx(
        "inline-flex h-5 items-center align-middle gap-1 whitespace-nowrap rounded-sm pr-[7px] pl-1.5 font-medium text-small",
        tone,
      )}
    >
      <Icon size={12} strokeWidth={2} aria-hidden="true" />
      {word}
    </span>
  );
}

/** The status of a quote as it reads today: glyph, word, colour. */
export function QuoteTag({ status }: { status: Quote["status"] }) {
  return <Tag look={QUOTE[status]} word={t(`quote.${status}`)} />;
}

export function OrderTag({ status }: { status: Order["status"] }) {
  return <Tag look={ORDER[status]} word={t(`order.${status}`)} />;
}
