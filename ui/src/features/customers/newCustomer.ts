// The new-customer form as edits: the customer, and a contact when one was named, saved together.
import { parseMoney } from "../../lib/money";
import type { Edit } from "../../lib/types";
import { create } from "../../record/edits";

export interface Draft {
  name: string;
  status: string;
  type: string;
  phone: string;
  email: string;
  city: string;
  owner: string;
  value: string;
  firstName: string;
  lastName: string;
  contactPhone: string;
  contactEmail: string;
}

export const EMPTY: Draft = {
  name: "",
  status: "prospect",
  type: "business",
  phone: "",
  email: "",
  city: "",
  owner: "",
  value: "",
  firstName: "",
  lastName: "",
  contactPhone: "",
  contactEmail: "",
};

export function hasContact(draft: Draft): boolean {
  return [draft.firstName, draft.lastName, draft.contactPhone, draft.contactEmail].some((value) => value.trim() !== "");
}

export function editsOf(draft: Draft, customerId: string, contactId: string): Edit[] {
  const city = draft.city.trim();
  const address = city ? { street: "", city, state: "", zipCode: "", country: "" } : null;
  const customer = create("customers", customerId, {
    name: draft.name.trim(),
    status: { status: draft.status },
    type: draft.type,
    phone: draft.phone.trim(),
    email: draft.email.trim(),
    address,
    assignedTo: draft.owner,
    valueEstimate: parseMoney(draft.value),
  });
  if (!hasContact(draft)) return [customer];
  const contact = create("contacts", contactId, {
    customerId,
    firstName: draft.firstName.trim(),
    lastName: draft.lastName.trim(),
    phone: draft.contactPhone.trim(),
    email: draft.contactEmail.trim(),
    isPrimary: true,
  });
  return [customer, contact];
}
