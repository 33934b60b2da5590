import { cx } from "../lib/cx";
import { caps, rebound } from "../lib/keymap";
import { useStore } from "../lib/store";

/** The keys of an action, drawn as caps. Decoration: the action itself carries aria-keyshortcuts. */
export function Keys({ of, tone = "plain" }: { of: string; tone?: "plain" | "onAccent" | "onToast" }) {
  useStore(rebound); // another key is drawn at once
  const look = {
    plain: "border-line border-b-2 bg-surface text-ink-3",
    onAccent: "border-transparent bg-(--on-accent-cap) text-ink-on-accent",
    onToast: "border-(--on-toast-line) text-toast-ink",
  }[tone];
  return (
    <span className="inline-flex shrink-0 gap-0.5" aria-hidden="true">
      {caps(of).map((cap, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the same cap may stand twice
          key={index}
          className={cx(
            "inline-block min-w-[17px] rounded-xs border px-1 text-center font-medium font-sans text-micro leading-[16px]",
            look,
          )}
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
