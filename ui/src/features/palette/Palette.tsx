import { Command } from "cmdk";
import {
  Building2,
  CloudOff,
  FileText,
  Flag,
  type LucideIcon,
  MessageSquareText,
  Moon,
  Package,
  Phone,
  Plus,
  Search,
  StickyNote,
  UserRound,
} from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { Keys } from "../../components/Keys";
import { useFocusReturn } from "../../components/useFocusReturn";
import { actionsNow } from "../../lib/actions";
import { type Key, t } from "../../lib/i18n";
import { PLACES } from "../../lib/places";
import { setPref } from "../../lib/prefs";
import { useStore } from "../../lib/store";
import type { Hit } from "../../lib/types";
import { type ComposerKind, ui } from "../../lib/ui";
import { useHits, useOverview } from "../../record/queries";
import { Marked } from "./Marked";

const MAX_HITS = 8;

interface Entry {
  label: string;
  icon: LucideIcon;
  keys?: string;
  run: () => void;
}

const HIT_ICONS: Partial<Record<Hit["kind"], LucideIcon>> = {
  customers: Building2,
  contacts: UserRound,
  interactions: MessageSquareText,
  quotes: FileText,
  orders: Package,
};

/** What the present screen offers first, then the screens, then what has no key. */
function useEntries(): Entry[] {
  const navigate = useNavigate();
  const toDark = document.documentElement.dataset.theme !== "dark";
  return [
    ...actionsNow().map(({ label, icon, keys, run }) => ({ label: t(label), icon, keys, run: () => run() })),
    ...PLACES.map(({ to, go, label, icon }) => ({
      label: t("palette.go", { place: t(label) }),
      icon,
      keys: `g ${go}`,
      run: () => navigate(to),
    })),
    { label: t("sync.details"), icon: CloudOff, run: () => ui.set({ sync: true }) },
    {
      label: t(toDark ? "theme.toDark" : "theme.toLight"),
      icon: Moon,
      run: () => setPref("theme", toDark ? "dark" : "light"),
    },
  ];
}

/** What is often done with a customer that was found, without opening it first. */
const DOINGS: readonly { kind: ComposerKind; label: Key; keys: string; icon: LucideIcon }[] = [
  { kind: "call", label: "call.log", keys: "l", icon: Phone },
  { kind: "note", label: "note.write", keys: "n", icon: StickyNote },
  { kind: "followUp", label: "followUp.plan", keys: "f", icon: Flag },
];

const ITEM = "flex h-9 items-center gap-2.5 rounded-sm px-2.5 data-[selected=true]:bg-pressed";
const GROUP =
  "px-1.5 pb-1.5 **:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:py-1.5 **:[[cmdk-group-heading]]:text-small **:[[cmdk-group-heading]]:text-ink-3";

interface ResultsProps {
  q: string;
  onRun: (run: () => void) => void;
  /** Told which item stands first, so that Enter takes the best hit also when it arrives late. */
  onFirst: (value: string) => void;
}

function Results({ q, onRun, onFirst }: ResultsProps) {
  const typed = q.trim();
  const navigate = useNavigate();
  const found = useHits(typed.startsWith(">") ? "" : typed, MAX_HITS).data?.hits;
  const hits = typed === "" || typed.startsWith(">") ? [] : (found ?? []);
  const overview = useOverview().data;
  const only = typed.startsWith(">");
  const words = (only ? typed.slice(1) : typed).trim().toLowerCase();
  const actions = useEntries().filter((entry) => entry.label.toLowerCase().includes(words));
  const top = hits[0]?.kind === "customers" ? hits[0] : undefined;
  const first = hits[0] ? hits[0].kind + hits[0].id : (actions[0]?.label ?? "create");
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when other text finds the same first item
  useEffect(() => onFirst(first), [first, typed, onFirst]);
  return (
    <>
      {hits.length > 0 ? (
        <Command.Group heading={t("palette.found")} className={GROUP}>
          {hits.map((hit) => {
            const Icon = HIT_ICONS[hit.kind] ?? Building2;
            return (
              <Command.Item
                key={hit.kind + hit.id}
                value={hit.kind + hit.id}
                onSelect={() => onRun(() => navigate(`/customers/${hit.customerId || hit.id}`))}
                className={ITEM}
              >
                <Icon size={16} strokeWidth={1.75} className="shrink-0 text-ink-3" />
                <span className="cut shrink-0 max-w-[60%]">
                  <Marked text={hit.title} part={typed} />
                </span>
                <span className="cut text-ink-2">
                  <Marked text={hit.person ?? ""} part={typed} />
                  {hit.person && hit.subtitle ? ", " : ""}
                  {hit.subtitle}
                </span>
              </Command.Item>
            );
          })}
        </Command.Group>
      ) : null}
      {top ? (
        <Command.Group heading={t("palette.doFor", { name: top.title })} className={GROUP}>
          {DOINGS.map(({ kind, label, keys, icon: Icon }) => (
            <Command.Item
              key={kind}
              value={`do ${kind}`}
              onSelect={() =>
                onRun(() => {
                  ui.set({ intent: { customerId: top.id, kind } });
                  navigate(`/customers/${top.id}`);
                })
              }
              className={ITEM}
            >
              <Icon size={16} strokeWidth={1.75} className="shrink-0 text-ink-3" />
              <span className="flex-1">{t(label)}</span>
              <Keys of={keys} />
            </Command.Item>
          ))}
        </Command.Group>
      ) : null}
      {actions.length > 0 ? (
        <Command.Group heading={t("palette.actions")} className={GROUP}>
          {actions.map(({ label, icon: Icon, keys, run }) => (
            <Command.Item key={label} value={label} onSelect={() => onRun(run)} className={ITEM}>
              <Icon size={16} strokeWidth={1.75} className="shrink-0 text-ink-3" />
              <span className="flex-1">
                <Marked text={label} part={words} />
              </span>
              {keys ? <Keys of={keys} /> : null}
            </Command.Item>
          ))}
        </Command.Group>
      ) : null}
      {typed === "" || only || !overview ? null : (
        <Command.Group heading={t("palette.new")} className={GROUP}>
          <Command.Item value="create" onSelect={() => onRun(() => ui.set({ newCustomer: typed }))} className={ITEM}>
            <Plus size={16} strokeWidth={1.75} className="shrink-0 text-ink-3" />
            <span className="cut">{t("palette.create", { name: typed })}</span>
          </Command.Item>
        </Command.Group>
      )}
    </>
  );
}

/** Records and actions by name; what does not exist yet can be created from what was typed. */
export function Palette() {
  const { palette } = useStore(ui);
  const [q, setQ] = useState("");
  const [chosen, setChosen] = useState("");
  const { remember, giveBack } = useFocusReturn();
  const close = () => {
    ui.set({ palette: false });
    setQ("");
  };
  const onRun = (run: () => void) => {
    close();
    // After the dialog has given the focus back, so that what opens next can take it.
    requestAnimationFrame(run);
  };
  return (
    <Radix.Root open={palette} onOpenChange={(open) => (open ? undefined : close())}>
      <Radix.Portal>
        <div className="fixed inset-0 z-(--z-palette) bg-scrim" aria-hidden="true" />
        <Radix.Content
          onOpenAutoFocus={remember}
          onCloseAutoFocus={giveBack}
          aria-describedby={undefined}
          className="fixed top-[118px] left-1/2 z-(--z-palette) w-[640px] max-w-[calc(100vw-32px)] -translate-x-1/2 data-[state=open]:animate-appear overflow-hidden rounded-lg bg-raised shadow-dialog"
        >
          <Radix.Title className="sr-only">{t("palette.title")}</Radix.Title>
          <Command shouldFilter={false} value={chosen} onValueChange={setChosen} label={t("palette.title")} loop>
            <div className="flex h-[52px] items-center gap-3 border-line border-b px-4">
              <Search size={18} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
              <Command.Input
                value={q}
                onValueChange={setQ}
                placeholder={t("palette.placeholder")}
                className="h-full flex-1 bg-transparent text-h3 outline-none focus-visible:outline-none"
              />
            </div>
            <Command.List className="max-h-[396px] overflow-y-auto pt-1.5">
              <Results q={q} onRun={onRun} onFirst={setChosen} />
            </Command.List>
            <div className="flex h-9 items-center gap-4 border-line border-t bg-sunken px-4 text-ink-3 text-small">
              <span className="flex items-center gap-1.5">
                <Keys of="Enter" /> {t("palette.run")}
              </span>
              <span className="flex items-center gap-1.5">
                <Keys of=">" /> {t("palette.onlyActions")}
              </span>
              <span className="flex items-center gap-1.5">
                <Keys of="Escape" /> {t("close")}
              </span>
            </div>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
