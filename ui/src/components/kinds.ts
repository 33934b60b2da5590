// How each kind of interaction looks.
import { FileText, Headset, type LucideIcon, Mail, MapPin, Package, Phone, Users } from "lucide-react";
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

export const COMPOSED: readonly ComposerKind[] = ["call", "meeting", "email", "visit"];

export const KIND_KEYS: Partial<Record<ComposerKind, string>> = { call: "l", meeting: "m", email: "e", visit: "v" };
