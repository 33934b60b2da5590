// The screens of the app, in the order of the rail. The rail, the `g` keys, the palette and the list of keys are loops over
// this table: a new screen is one line here, and its route in app/App.tsx.
import {
  ArrowLeftRight,
  CalendarDays,
  ChartColumn,
  FileText,
  Inbox,
  ListTodo,
  type LucideIcon,
  Package,
  Settings,
  Trash2,
  Users,
} from "lucide-react";
import type { Key } from "./i18n";

export interface Place {
  to: string;
  /** The letter after `g`. */
  go: string;
  label: Key;
  icon: LucideIcon;
  /** The house stands at the lower end of the rail. */
  part: "work" | "house";
  /** What its number counts: things that need a decision, or what is to be done today. */
  counts?: "needsYou" | "due";
}

export const PLACES: readonly Place[] = [
  { to: "/today", go: "t", label: "today.title", icon: ListTodo, part: "work", counts: "due" },
  { to: "/customers", go: "c", label: "customers.title", icon: Users, part: "work" },
  { to: "/quotes", go: "q", label: "quotes.title", icon: FileText, part: "work" },
  { to: "/orders", go: "o", label: "orders.title", icon: Package, part: "work" },
  { to: "/calendar", go: "a", label: "calendar.title", icon: CalendarDays, part: "work" },
  { to: "/reports", go: "r", label: "reports.title", icon: ChartColumn, part: "work" },
  { to: "/inbox", go: "i", label: "inbox.title", icon: Inbox, part: "work", counts: "needsYou" },
  { to: "/import", go: "m", label: "rail.import", icon: ArrowLeftRight, part: "house" },
  { to: "/trash", go: "x", label: "trash.title", icon: Trash2, part: "house" },
  { to: "/settings", go: "s", label: "settings.title", icon: Settings, part: "house" },
];
