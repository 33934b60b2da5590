import { cx } from "../lib/cx";

export function initials(name: string): string {
  const words = name
    .replace(/^(Dr|Prof|Mr|Mrs|Ms|Herr|Frau)\.?\s+/i, "")
    .split(/\s+/)
    .filter(Boolean);
  const first = [...(words[0] ?? "")][0] ?? "";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

/**
 * Initials in a grey disc; the signed-in user's own in accent. Decoration, drawn and not text: the name stands next to it,
 * and who speaks a button's name need not say them.
 */
export function Avatar({ name, me = false, large = false }: { name: string; me?: boolean; large?: boolean }) {
  return (
    <span
      aria-hidden="true"
      data-initials={initials(name)}
      className={cx(
        "inline-grid before:content-[attr(data-initials)] shrink-0 place-items-center rounded-full font-semibold",
        large ? "size-7 text-micro" : "size-5 text-[9.5px] tracking-[.01em]",
        me ? "bg-accent-soft text-accent-ink" : "bg-pressed text-ink-2",
      )}
    />
  );
}
