// What the drawing beside the first choices shows: a day of a made-up company.
import type { Key } from "../../lib/i18n";
import type { InteractionType } from "../../lib/types";

export interface PreviewRow {
  type: InteractionType;
  about: Key;
  customer: string;
  /** Days from today. */
  days: number;
  /** Minutes after midnight. */
  minute?: number;
}

export interface PreviewGroup {
  title: Key;
  late?: true;
  rows: readonly PreviewRow[];
}

export const PREVIEW: readonly PreviewGroup[] = [
  {
    title: "today.overdue",
    late: true,
    rows: [
      { type: "call", about: "preview.order", customer: "Blackwater Valley Clinics Ltd", days: -6 },
      { type: "order", about: "preview.delivery", customer: "Al-Noor Medical Supplies", days: -2 },
      { type: "meeting", about: "preview.budget", customer: "Ångström Instruments AB", days: -1 },
    ],
  },
  {
    title: "today.today",
    rows: [
      { type: "email", about: "preview.tender", customer: "Zakłady Optyczne Wrocław S.A.", days: 0 },
      { type: "call", about: "preview.callBack", customer: "Dr. Annelie Voß", days: 0, minute: 630 },
      { type: "quote", about: "preview.report", customer: "Ferreira & Irmãos Lda", days: 0 },
      { type: "email", about: "preview.enquiry", customer: "Baltic Assay UAB", days: 0 },
    ],
  },
  {
    title: "today.upcoming",
    rows: [
      { type: "quote", about: "preview.offer", customer: "Müller Präzisionstechnik GmbH", days: 2 },
      { type: "call", about: "preview.first", customer: "Nordic Vision Labs Oy", days: 2 },
      { type: "meeting", about: "preview.demo", customer: "Umoja Health Ltd", days: 5, minute: 540 },
      { type: "visit", about: "preview.visit", customer: "Istituto Ricci S.p.A.", days: 6, minute: 840 },
      { type: "quote", about: "preview.renewal", customer: "Kjær & Sønner A/S", days: 8 },
    ],
  },
];
