import type { ReactNode } from "react";
import type { WaysOn } from "../../components/ErrorNote";
import { FIELDS } from "../../gen/fields";
import type { Customer } from "../../gen/records";
import { AppError } from "../../lib/call";
import { money, shortDay } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import { parseMoney } from "../../lib/money";
import type { Held } from "../../lib/types";
import { changeField } from "../../record/edits";
import { InPlace } from "../../record/InPlace";
import { useSave } from "../../record/save";
import { AddressField } from "./AddressField";
import { Panel } from "./Panel";
import { linkOf, Reach } from "./Reach";

const PLAIN = ["phone", "email", "website", "companyName", "industry", "source"] as const;
const TYPES = ["individual", "business", "enterprise"] as const;

interface Props {
  held: Held<Customer>;
  currency: string;
  ways: (error: AppError) => WaysOn;
}

/** Fields that lead to somebody. */
const WAYS: Partial<Record<string, "call" | "mail">> = { phone: "call", email: "mail" };

function Row({ label, beside, children }: { label: string; beside?: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[88px_minmax(0,1fr)] items-baseline gap-x-2 py-px">
      <dt className="text-ink-3">{label}</dt>
      <dd className={beside ? "flex min-w-0 items-start gap-1" : "min-w-0"} data-num>
        {beside ? <div className="min-w-0 flex-1">{children}</div> : children}
        {beside}
      </dd>
    </div>
  );
}

function besideOf(name: string, value: string | null): ReactNode {
  const way = WAYS[name];
  return way && value && linkOf(way, value) ? <Reach way={way} value={value} /> : null;
}

function placeOf(address: Customer["address"]): ReactNode {
  if (!address) return null;
  const town = [address.zipCode, address.city].filter(Boolean).join(" ");
  const place = [address.street, town, address.country].filter(Boolean).join(", ");
  return place ? <Reach way="route" value={place} /> : null;
}

function maxOf(name: string): number | undefined {
  return FIELDS.customers.find((field) => field.name === name)?.max || undefined;
}

/** The facts about the customer, each edited where it stands. */
export function DetailsPanel({ held, currency, ways }: Props) {
  const { save } = useSave();
  const { record } = held;
  const put = (name: keyof Customer & string, seen: Held<Customer>, value: unknown) =>
    save([changeField("customers", seen, name, value)], t("field.saved", { field: t(`field.${name}` as Key) }));
  const putMoney = (text: string, seen: Held<Customer>) => {
    const value = text === "" ? null : parseMoney(text);
    if (text !== "" && value === null) throw new AppError("INVALID_VALUE", "", "valueEstimate");
    return put("valueEstimate", seen, value);
  };
  return (
    <Panel title={t("details.title")}>
      <dl>
        {PLAIN.map((name) => (
          <Row key={name} label={t(`field.${name}`)} beside={besideOf(name, record[name])}>
            <InPlace
              label={t(`field.${name}`)}
              text={record[name] ?? ""}
              shown={record[name]}
              seen={held}
              max={maxOf(name)}
              ways={ways}
              onSave={(text, seen) => put(name, seen, text || null)}
            />
          </Row>
        ))}
        <Row label={t("field.type")}>
          <InPlace
            label={t("field.type")}
            text={record.type}
            shown={t(`type.${record.type}`)}
            seen={held}
            options={TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
            onSave={(text, seen) => put("type", seen, text)}
          />
        </Row>
        <Row label={t("field.valueEstimate")}>
          <InPlace
            label={t("field.valueEstimate")}
            text={record.valueEstimate === null ? "" : String(record.valueEstimate)}
            shown={money(record.valueEstimate, currency)}
            seen={held}
            numeric
            onSave={async (text, seen) => putMoney(text, seen)}
          />
        </Row>
        <Row label={t("field.address")} beside={placeOf(record.address)}>
          <AddressField held={held} unit="address" />
        </Row>
        {record.shippingAddress ? (
          <Row label={t("field.shippingAddress")}>
            <AddressField held={held} unit="shippingAddress" />
          </Row>
        ) : null}
        <Row label={t("details.created")}>
          <span className="text-ink-2">{shortDay(record.createdAt)}</span>
        </Row>
        {record.lastContact === null ? null : (
          <Row label={t("column.lastContact")}>
            <span className="text-ink-2" title={t("details.lastContactAbout")}>
              {shortDay(record.lastContact)}
            </span>
          </Row>
        )}
      </dl>
    </Panel>
  );
}
