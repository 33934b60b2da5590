// The fields of each kind: what may be typed into them and how they are merged.
import type { Kind } from "./records";

export interface Field {
  name: string;
  label: string;
  kind: string;
  required: boolean;
  max: number | null;
  owner: string;
  unit: string;
  merge: string;
  facet: boolean;
  choices?: string[];
}

export const FIELDS: Record<Kind, Field[]> = {
  customers: [
    { name: "name", label: "Name", kind: "text", required: true, max: 200, owner: "user", unit: "name", merge: "lww", facet: false },
    { name: "companyName", label: "Company", kind: "text", required: false, max: 200, owner: "user", unit: "companyName", merge: "lww", facet: false },
    { name: "status", label: "Status", kind: "choice", required: true, max: null, owner: "user", unit: "status", merge: "lww", facet: true, choices: ["prospect", "lead", "active", "inactive"] },
    { name: "statusReason", label: "Reason", kind: "text", required: false, max: 500, owner: "user", unit: "status", merge: "lww", facet: false },
    { name: "type", label: "Type", kind: "choice", required: true, max: null, owner: "user", unit: "type", merge: "lww", facet: true, choices: ["individual", "business", "enterprise"] },
    { name: "industry", label: "Industry", kind: "text", required: false, max: 100, owner: "user", unit: "industry", merge: "lww", facet: false },
    { name: "source", label: "Source", kind: "text", required: false, max: 100, owner: "user", unit: "source", merge: "lww", facet: false },
    { name: "website", label: "Website", kind: "text", required: false, max: 300, owner: "user", unit: "website", merge: "lww", facet: false },
    { name: "phone", label: "Phone", kind: "text", required: false, max: 50, owner: "user", unit: "phone", merge: "lww", facet: false },
    { name: "email", label: "E-mail", kind: "text", required: false, max: 254, owner: "user", unit: "email", merge: "lww", facet: false },
    { name: "address", label: "Address", kind: "address", required: false, max: null, owner: "user", unit: "address", merge: "lww", facet: false },
    { name: "shippingAddress", label: "Shipping address", kind: "address", required: false, max: null, owner: "user", unit: "shippingAddress", merge: "lww", facet: false },
    { name: "valueEstimate", label: "Estimated value", kind: "money", required: false, max: null, owner: "user", unit: "valueEstimate", merge: "lww", facet: false },
    { name: "assignedTo", label: "Owner", kind: "reference", required: false, max: null, owner: "user", unit: "assignedTo", merge: "lww", facet: true },
    { name: "tags", label: "Tags", kind: "tags", required: false, max: null, owner: "user", unit: "tags", merge: "lww", facet: false },
    { name: "notes", label: "Notes", kind: "longText", required: false, max: 10000, owner: "user", unit: "notes", merge: "lww", facet: false },
  ],
  contacts: [
    { name: "customerId", label: "Customer", kind: "reference", required: true, max: null, owner: "user", unit: "customerId", merge: "lww", facet: false },
    { name: "firstName", label: "First name", kind: "text", required: true, max: 100, owner: "user", unit: "firstName", merge: "lww", facet: false },
    { name: "lastName", label: "Last name", kind: "text", required: false, max: 100, owner: "user", unit: "lastName", merge: "lww", facet: false },
    { name: "title", label: "Position", kind: "text", required: false, max: 100, owner: "user", unit: "title", merge: "lww", facet: false },
    { name: "email", label: "E-mail", kind: "text", required: false, max: 254, owner: "user", unit: "email", merge: "lww", facet: false },
    { name: "phone", label: "Phone", kind: "text", required: false, max: 50, owner: "user", unit: "phone", merge: "lww", facet: false },
    { name: "mobile", label: "Mobile", kind: "text", required: false, max: 50, owner: "user", unit: "mobile", merge: "lww", facet: false },
    { name: "department", label: "Department", kind: "text", required: false, max: 100, owner: "user", unit: "department", merge: "lww", facet: false },
    { name: "isPrimary", label: "Primary contact", kind: "flag", required: false, max: null, owner: "user", unit: "isPrimary", merge: "lww", facet: false },
    { name: "notes", label: "Notes", kind: "longText", required: false, max: 5000, owner: "user", unit: "notes", merge: "lww", facet: false },
  ],
  interactions: [
    { name: "customerId", label: "Customer", kind: "reference", required: true, max: null, owner: "user", unit: "customerId", merge: "lww", facet: false },
    { name: "contactId", label: "Contact", kind: "reference", required: false, max: null, owner: "user", unit: "contactId", merge: "lww", facet: false },
    { name: "type", label: "Type", kind: "choice", required: true, max: null, owner: "user", unit: "type", merge: "lww", facet: false, choices: ["call", "email", "meeting", "visit", "quote", "order", "support"] },
    { name: "subject", label: "Subject", kind: "text", required: true, max: 200, owner: "user", unit: "subject", merge: "lww", facet: false },
    { name: "description", label: "Description", kind: "longText", required: false, max: 10000, owner: "user", unit: "description", merge: "lww", facet: false },
    { name: "outcome", label: "Outcome", kind: "text", required: false, max: 500, owner: "user", unit: "outcome", merge: "lww", facet: false },
    { name: "interactionDate", label: "Date", kind: "instant", required: true, max: null, owner: "user", unit: "interactionDate", merge: "lww", facet: false },
    { name: "duration", label: "Duration", kind: "number", required: false, max: null, owner: "user", unit: "duration", merge: "lww", facet: false },
    { name: "assignedTo", label: "Owner", kind: "reference", required: false, max: null, owner: "user", unit: "assignedTo", merge: "lww", facet: false },
  ],
  users: [],
  teams: [],
  orgs: [],
  cards: [],
};
