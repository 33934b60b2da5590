// The kinds of record as the core stores them. Ids are UUIDs, instants are milliseconds since 1970 in UTC, an absent value is null.

export type Kind = "customers" | "contacts" | "interactions" | "users" | "teams" | "orgs" | "cards";

export interface Meta {
  _id: string;
  createdAt: number;
  updatedAt: number;
  createdBy: string | null;
  deletedAt: number | null;
}

export interface Address {
  street: string | null;
  city: string | null;
  state: string | null;
  zipCode: string | null;
  country: string | null;
}

export interface Channel {
  kind: string;
  label: string | null;
  value: string;
}

export interface Customer extends Meta {
  name: string;
  companyName: string | null;
  status: "prospect" | "lead" | "active" | "inactive";
  statusReason: string | null;
  type: "individual" | "business" | "enterprise";
  industry: string | null;
  source: string | null;
  website: string | null;
  phone: string | null;
  email: string | null;
  address: Address | null;
  shippingAddress: Address | null;
  value: number | null;
  valueEstimate: number | null;
  assignedTo: string | null;
  tags: string[];
  notes: string | null;
  lastContact: number | null;
  lastContactByHand: number | null;
  nextFollowUp: number | null;
  nextFollowUpByHand: number | null;
  nextStep: string | null;
  city: string | null;
  primaryContactId: string | null;
  needsPrimary: boolean;
  isActive: boolean;
  archivedAt: number | null;
  convertedAt: number | null;
  qualifiedAt: number | null;
  churnedAt: number | null;
  preferences: unknown;
  qualification: unknown;
  externalRefs: unknown;
}

export interface Contact extends Meta {
  customerId: string;
  firstName: string | null;
  lastName: string | null;
  title: string | null;
  email: string | null;
  phone: string | null;
  mobile: string | null;
  department: string | null;
  isPrimary: boolean;
  notes: string | null;
  isActive: boolean;
  channels: Channel[];
}

export interface Interaction extends Meta {
  customerId: string;
  contactId: string | null;
  type: "call" | "email" | "meeting" | "visit" | "quote" | "order" | "support";
  subject: string;
  description: string | null;
  outcome: string | null;
  interactionDate: number;
  duration: number | null;
  assignedTo: string | null;
  requiresFollowUp: boolean;
  followUpDate: number | null;
  followUpHasTime: boolean;
  followUpNotes: string | null;
  followUpDoneAt: number | null;
  shared: boolean;
}

export interface User extends Meta {
  name: string;
  email: string;
  role: string;
  teamId: string | null;
  isActive: boolean;
}

export interface Team extends Meta {
  name: string;
}

export interface Org extends Meta {
  name: string;
  currency: string;
  country: string | null;
  timeZone: string | null;
}

export interface Card {
  _id: string;
  userId: string;
  kind: string;
  recordId: string;
  recordKind: Kind;
  code: string | null;
  mine: unknown;
  theirs: unknown;
  original: unknown;
  by: string | null;
  at: number;
  resolvedAt: number | null;
}
