import { Ellipsis, Pencil, Plus, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { WaitingDot } from "../../components/WaitingDot";
import type { Contact, Customer } from "../../gen/records";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Held, Listed } from "../../lib/types";
import { changeField, remove } from "../../record/edits";
import { contactName } from "../../record/names";
import { getHeld } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { ContactForm } from "./ContactForm";
import { Panel } from "./Panel";
import { Reach } from "./Reach";

interface Props {
  customer: Customer;
  contacts: readonly Listed<Contact>[];
  adding: boolean;
  setAdding: (adding: boolean) => void;
}

function Person({ contact, primary, onEdit }: { contact: Listed<Contact>; primary: boolean; onEdit: () => void }) {
  const { save } = useSave();
  const name = contactName(contact);
  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const makePrimary = () =>
    attempt(async () => {
      const seen = await getHeld("contacts", contact._id);
      await save([changeField("contacts", seen, "isPrimary", true)], t("contact.isPrimary", { name }));
    });
  const drop = () => attempt(() => save([remove("contacts", contact._id)], t("contact.deleted", { name })));
  const position = [contact.title, contact.department].filter(Boolean).join(", ");
  const reach = [
    ["call", contact.phone],
    ["call", contact.mobile],
    ["mail", contact.email],
  ] as const;
  return (
    <li className="group relative grid grid-cols-[28px_minmax(0,1fr)] items-start gap-x-2 py-1.5">
      <Avatar name={name} large />
      <div className="min-w-0">
        <div className="flex items-center gap-1.5 pr-7">
          <button
            type="button"
            className="cut min-h-6 rounded-xs text-left font-medium hover:underline"
            onClick={onEdit}
          >
            {name}
          </button>
          {contact.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
          {primary ? <span className="shrink-0 text-ink-3 text-small">{t("contact.primaryShort")}</span> : null}
        </div>
        {position ? <span className="cut block text-ink-3 text-small">{position}</span> : null}
        {reach.map(([way, value], index) =>
          value ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: three places that never change
            <span key={index} data-num data-selectable className="cut block text-ink-2 text-small">
              <Reach way={way} value={value} contactId={contact._id}>
                {value}
              </Reach>
            </span>
          ) : null,
        )}
      </div>
      <span className="absolute top-1 right-0">
        <Menu
          align="end"
          trigger={
            <IconButton
              small
              icon={Ellipsis}
              label={t("contact.more", { name })}
              className="opacity-0 focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100"
            />
          }
          items={[
            { label: t("edit"), icon: Pencil, run: onEdit },
            ...(primary ? [] : [{ label: t("contact.makePrimary"), icon: Star, run: () => void makePrimary() }]),
            { label: t("delete"), icon: Trash2, danger: true, run: () => void drop() },
          ]}
        />
      </span>
    </li>
  );
}

export function ContactsPanel({ customer, contacts, adding, setAdding }: Props) {
  const [seen, setSeen] = useState<Held<Contact> | null>(null);
  const sorted = [...contacts].sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
  const edit = async (id: string) => {
    try {
      setSeen(await getHeld("contacts", id));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <Panel
      title={t("contacts.title")}
      count={contacts.length > 0 ? count(contacts.length) : undefined}
      action={<IconButton small icon={Plus} label={t("contact.add")} onClick={() => setAdding(true)} />}
    >
      {customer.needsPrimary ? <p className="mb-1 text-small text-warn">{t("contact.needsPrimary")}</p> : null}
      {sorted.length === 0 ? <p className="text-ink-3">{t("contacts.empty")}</p> : null}
      <ul>
        {sorted.map((contact) => (
          <Person
            key={contact._id}
            contact={contact}
            primary={customer.primaryContactId === contact._id || contact.isPrimary}
            onEdit={() => void edit(contact._id)}
          />
        ))}
      </ul>
      {adding ? (
        <ContactForm customerId={customer._id} first={contacts.length === 0} onClose={() => setAdding(false)} />
      ) : null}
      {seen ? <ContactForm customerId={customer._id} seen={seen} onClose={() => setSeen(null)} /> : null}
    </Panel>
  );
}
