import { Link } from "react-router";
import type { Kind } from "../../gen/records";
import { t } from "../../lib/i18n";

interface Props {
  kind: Kind;
  id: string;
  customerId: string | null;
  name: string | null;
}

function placeOf({ kind, id, customerId }: Omit<Props, "name">): string | null {
  if (kind === "customers") return `/customers/${id}`;
  if (kind === "quotes" || kind === "orders") return `/${kind}/${id}`;
  return customerId === null ? null : `/customers/${customerId}`;
}

/** A record by its name, leading to where it is shown; one that is not here any more says so. */
export function RecordLink({ name, ...of }: Props) {
  const to = placeOf(of);
  const text = name || t("card.record");
  if (name === null) return <span className="text-ink-3">{t("waiting.gone")}</span>;
  return to === null ? (
    <span className="cut block">{text}</span>
  ) : (
    <Link to={to} className="cut block font-medium hover:underline" title={text}>
      {text}
    </Link>
  );
}
