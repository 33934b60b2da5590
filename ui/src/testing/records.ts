// One of each record, complete.
import type { Contact, Customer, Interaction, Org, User } from "../gen/records";

const meta = { createdAt: Date.UTC(2026, 0, 5), updatedAt: Date.UTC(2026, 0, 5), createdBy: "u1", deletedAt: null };

export const user = {
  ...meta,
  _id: "u1",
  name: "Marit Solheim",
  email: "marit@example.com",
  role: "sales",
  teamId: null,
  isActive: true,
} as User;

export const org = {
  ...meta,
  _id: "o1",
  name: "Halvorsen Optics",
  currency: "EUR",
  country: "DE",
  timeZone: "Europe/Berlin",
} as Org;

export const customer = {
  ...meta,
  _id: "c1",
  name: "Kovács Labor Kft.",
  companyName: null,
  status: "lead",
  statusReason: null,
  type: "business",
  industry: null,
  source: null,
  website: null,
  phone: "+36 1 234",
  email: null,
  address: null,
  shippingAddress: null,
  value: 41900,
  valueEstimate: null,
  assignedTo: "u1",
  tags: ["optics"],
  notes: null,
  lastContact: Date.UTC(2026, 3, 28, 9),
  lastContactByHand: null,
  nextFollowUp: Date.UTC(2026, 4, 5),
  nextFollowUpByHand: null,
  nextStep: "Second quote",
  city: "Budapest",
  primaryContactId: "p1",
  needsPrimary: false,
  isActive: true,
  archivedAt: null,
  convertedAt: null,
  qualifiedAt: null,
  churnedAt: null,
  preferences: null,
  qualification: null,
  externalRefs: null,
} as unknown as Customer;

export const contact = {
  ...meta,
  _id: "p1",
  customerId: "c1",
  firstName: "Petra",
  lastName: "Hoffmann",
  title: "Head of purchasing",
  email: "petra@example.com",
  phone: null,
  mobile: null,
  department: null,
  isPrimary: true,
  notes: null,
  isActive: true,
  channels: [],
} as unknown as Contact;

export const interaction = {
  ...meta,
  _id: "i1",
  customerId: "c1",
  contactId: "p1",
  type: "call",
  subject: "Asked for an offer",
  description: null,
  outcome: null,
  interactionDate: Date.UTC(2026, 2, 2, 10),
  duration: 12,
  assignedTo: "u1",
  requiresFollowUp: true,
  followUpDate: Date.UTC(2026, 2, 9),
  followUpHasTime: false,
  followUpNotes: null,
  followUpDoneAt: null,
  shared: false,
} as unknown as Interaction;
