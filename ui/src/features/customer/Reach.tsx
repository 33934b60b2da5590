// Ways to somebody: the phone, the mail program and the map of this computer. What was done there is offered to be written down.
import { type LucideIcon, Mail, Phone, Route } from "lucide-react";
import { createContext, type ReactNode, useContext } from "react";
import { cx } from "../../lib/cx";
import { type Key, t } from "../../lib/i18n";
import type { ComposerKind } from "../../lib/ui";

/** Called when somebody was rung up or written to: by which means, and who it was. */
export const Reached = createContext<(kind: ComposerKind, contactId: string | null) => void>(() => {});

type Way = "call" | "mail" | "route";

const WAYS: Record<Way, { icon: LucideIcon; label: Key; logs: ComposerKind | null }> = {
  call: { icon: Phone, label: "reach.call", logs: "call" },
  mail: { icon: Mail, label: "reach.mail", logs: "email" },
  route: { icon: Route, label: "reach.route", logs: null },
};

/** Where a way leads; null where what stands there is no number or address. */
export function linkOf(way: Way, value: string): string | null {
  const text = value.trim();
  if (way === "call") {
    const digits = text.replace(/[^\d+*#]/g, "");
    return /\d{3}/.test(digits) ? `tel:${digits}` : null;
  }
  if (way === "mail") return /^\S+@\S+$/.test(text) ? `mailto:${encodeURIComponent(text).replace("%40", "@")}` : null;
  return text ? `https://www.openstreetmap.org/search?query=${encodeURIComponent(text)}` : null;
}

interface Props {
  way: Way;
  value: string;
  contactId?: string | null;
  className?: string;
  /** Drawn as text; without it as the icon of its way. */
  children?: ReactNode;
}

export function Reach({ way, value, contactId = null, className, children }: Props) {
  const reached = useContext(Reached);
  const { icon: Icon, label, logs } = WAYS[way];
  const href = linkOf(way, value);
  if (href === null) return <>{children}</>;
  const said = t(label, { value });
  return (
    <a
      href={href}
      // Outside the app: the shell hands it to the program that this computer has for it.
      rel="noreferrer"
      aria-label={said}
      title={said}
      onClick={() => (logs ? reached(logs, contactId) : undefined)}
      className={cx(
        "inline-flex items-center rounded-xs hover:underline",
        children === undefined ? "size-6 shrink-0 justify-center text-ink-3 hover:text-ink" : "min-h-6 max-w-full",
        className,
      )}
    >
      {children === undefined ? (
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      ) : (
        <span className="cut">{children}</span>
      )}
    </a>
  );
}
