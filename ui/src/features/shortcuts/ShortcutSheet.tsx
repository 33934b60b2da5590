import { Keys } from "../../components/Keys";
import { Dialog } from "../../components/Overlay";
import { type Key, t } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";

/** Every key of the app. What is bound in a screen and missing here is a mistake: a test compares the two. */
export const SHEET: readonly { title: Key; keys: readonly [string, Key][] }[] = [
  {
    title: "keys.everywhere",
    keys: [
      ["mod+k", "keys.palette"],
      ["/", "keys.search"],
      ["c", "keys.newCustomer"],
      ["g t", "keys.goToday"],
      ["g c", "keys.goCustomers"],
      ["g q", "keys.goQuotes"],
      ["g o", "keys.goOrders"],
      ["g a", "keys.goCalendar"],
      ["g r", "keys.goReports"],
      ["g i", "keys.goInbox"],
      ["g m", "keys.goImport"],
      ["g x", "keys.goTrash"],
      ["g s", "keys.goSettings"],
      ["mod+z", "keys.undo"],
      ["mod+shift+z", "keys.redo"],
      ["mod+shift+s", "keys.sync"],
      ["?", "keys.sheet"],
    ],
  },
  {
    title: "keys.list",
    keys: [
      ["j", "keys.down"],
      ["k", "keys.up"],
      ["Enter", "keys.open"],
      ["x", "keys.select"],
      ["Escape", "keys.clear"],
    ],
  },
  {
    title: "keys.today",
    keys: [["h", "keys.later"]],
  },
  {
    title: "keys.customer",
    keys: [
      ["l", "keys.call"],
      ["m", "keys.meeting"],
      ["e", "keys.email"],
      ["v", "keys.visit"],
      ["f", "keys.followUp"],
      ["f 1", "followUp.tomorrow"],
      ["f 3", "followUp.threeDays"],
      ["f w", "followUp.week"],
      [".", "keys.done"],
      ["s", "keys.status"],
      ["a", "keys.assign"],
      ["t", "keys.tags"],
      ["n", "keys.notes"],
      ["[", "keys.previous"],
      ["]", "keys.next"],
      ["mod+Enter", "keys.save"],
    ],
  },
];

export function ShortcutSheet() {
  const { shortcuts } = useStore(ui);
  return (
    <Dialog reading open={shortcuts} onClose={() => ui.set({ shortcuts: false })} title={t("shortcuts.title")}>
      {SHEET.map((group) => (
        <section key={group.title} className="mb-4 last:mb-0">
          <h3 className="mb-1 text-ink-3 text-small">{t(group.title)}</h3>
          <dl>
            {group.keys.map(([keys, label]) => (
              <div key={keys} className="flex h-7 items-center justify-between border-line-faint border-b">
                <dt>{t(label)}</dt>
                <dd>
                  <Keys of={keys} />
                  <span className="sr-only">{keys}</span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
