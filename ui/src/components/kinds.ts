// How each kind of interaction looks.
import {
  FileText,
  Flag,
  Headset,
  type LucideIcon,
  Mail,
  MapPin,
  Package,
  Phone,
  StickyNote,
  Users,
} from "lucide-react";
import type { Key } from "../lib/i18n";
import type { InteractionType } from "../lib/types";
import type { ComposerKind } from "../lib/ui";

export const ICONS: Record<InteractionType, LucideIcon> = {
  call: Phone,
  meeting: Users,
  email: Mail,
  visit: MapPin,
  quote: FileText,
  order: Package,
  support: Headset,
};

export const COMPOSED: readonly ComposerKind[] = ["call", "meeting", "email", "visit", "note", "followUp"];

export const COMPOSER_ICONS: Record<ComposerKind, LucideIcon> = {
  call: Phone,
  meeting: Users,
  email: Mail,
  visit: MapPin,
  note: StickyNote,
  followUp: Flag,
};

export const KIND_KEYS: Record<ComposerKind, string> = {
  call: "l",
  meeting: "m",
  email: "e",
  visit: "v",
  note: "n",
  followUp: "f",
};

export const KIND_LABELS: Record<ComposerKind, Key> = {
  call: "keys.call",
  meeting: "keys.meeting",
  email: "keys.email",
  visit: "keys.visit",
  note: "keys.notes",
  followUp: "followUp.plan",
};
