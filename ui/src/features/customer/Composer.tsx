import { UserRound } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { FactChip } from "../../components/Chip";
import { ErrorText } from "../../components/ErrorNote";
import { FollowUpPicker, SHORTCUTS } from "../../components/FollowUpPicker";
import { COMPOSED, ICONS, KIND_KEYS } from "../../components/kinds";
import { Menu } from "../../components/Menu";
import type { Contact } from "../../gen/records";
import { type AppError, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { addDays, today } from "../../lib/dates";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import { useStore } from "../../lib/store";
import type { Listed } from "../../lib/types";
import type { ComposerKind } from "../../lib/ui";
import { mint } from "../../record/edits";
import { contactName } from "../../record/names";
import { useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { BLANK, clearDraft, type Draft, draftsStore, interactionEdit, setDraft } from "./composer";
import { WhenPicker } from "./WhenPicker";

interface Props {
  customerId: string;
  contacts: readonly Listed<Contact>[];
}

function Kinds({ kind, onChoose }: { kind: ComposerKind; onChoose: (kind: ComposerKind) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of toggle buttons
    <div role="group" aria-label={t("composer.kind")} className="flex gap-0.5 px-1.5 pt-1.5">
      {COMPOSED.map((value) => (
        <Button
          key={value}
          variant="quiet"
          size="small"
          icon={ICONS[value]}
          aria-pressed={value === kind}
          aria-keyshortcuts={KIND_KEYS[value]}
          onClick={() => onChoose(value)}
          className={cx(value === kind && "bg-pressed text-ink")}
        >
          {t(`interaction.${value}`)}
        </Button>
      ))}
    </div>
  );
}

function ContactChip({
  draft,
  contacts,
  chosen,
  onChoose,
}: {
  draft: Draft;
  contacts: readonly Listed<Contact>[];
  chosen: Contact | undefined;
  onChoose: (id: string) => void;
}) {
  if (contacts.length === 0) return null;
  return (
    <Menu
      trigger={
        <FactChip aria-label={t("composer.contact", { name: chosen ? contactName(chosen) : t("composer.nobody") })}>
          <UserRound size={14} strokeWidth={1.75} aria-hidden="true" />
          <span className="cut font-medium text-ink">{chosen ? contactName(chosen) : t("composer.nobody")}</span>
        </FactChip>
      }
      items={[
        ...contacts.map((contact) => ({
          label: contactName(contact),
          checked: contact._id === chosen?._id,
          run: () => onChoose(contact._id),
        })),
        { label: t("composer.nobody"), checked: draft.contactId === "", run: () => onChoose("") },
      ]}
    />
  );
}

function useComposerKeys(customerId: string, focus: () => void, followUp: () => void) {
  const start = (kind: ComposerKind) => () => {
    setDraft(customerId, { kind });
    focus();
  };
  const inDays = (days: number) => () => {
    setDraft(customerId, { followUp: addDays(today(), days) });
    focus();
  };
  useKeys({
    l: start("call"),
    m: start("meeting"),
    e: start("email"),
    v: start("visit"),
    f: followUp,
    ...Object.fromEntries(SHORTCUTS.map(({ key, days }) => [`f ${key}`, inDays(days)])),
  });
}

/** Writes down what happened or plans what will: kind, subject, text, with whom, when, and when to come back to it. */
export function Composer({ customerId, contacts }: Props) {
  const draft = useStore(draftsStore())[customerId] ?? BLANK;
  const [error, setError] = useState<AppError | null>(null);
  const busy = useRef(false);
  const subject = useRef<HTMLInputElement>(null);
  const firstFollowUp = useRef<HTMLButtonElement>(null);
  const saveButton = useRef<HTMLButtonElement>(null);
  const id = useId();
  const overview = useOverview().data;
  const { save } = useSave();
  const set = (part: Partial<Draft>) => setDraft(customerId, part);
  const primary = contacts.find((contact) => contact.isPrimary) ?? contacts[0];
  const chosen = draft.contactId === null ? primary : contacts.find((contact) => contact._id === draft.contactId);
  useComposerKeys(
    customerId,
    () => subject.current?.focus(),
    () => (draft.followUp === null ? firstFollowUp.current?.focus() : set({ followUp: null })),
  );

  const submit = async () => {
    if (busy.current) return;
    busy.current = true;
    setError(null);
    try {
      const [interactionId = ""] = await mint(1);
      const ids = { id: interactionId, customerId, contactId: chosen?._id ?? null, me: overview?.me._id ?? null };
      await save([interactionEdit(draft, ids, Date.now())], t(`composer.saved.${draft.kind}`));
      clearDraft(customerId);
    } catch (thrown) {
      setError(toAppError(thrown));
      subject.current?.focus();
    } finally {
      busy.current = false;
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && event.target instanceof HTMLElement) {
      event.target.blur();
    }
  };

  return (
    <form
      aria-label={t("composer.label")}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={onKeyDown}
      className="rounded-md bg-surface shadow-[0_0_0_1px_var(--line),0_1px_2px_rgb(27_27_25/.04)] focus-within:shadow-[0_0_0_1px_var(--line-strong)]"
    >
      <Kinds
        kind={draft.kind}
        onChoose={(kind) => {
          set({ kind });
          subject.current?.focus();
        }}
      />
      <div className="px-3 pt-2 pb-2">
        <input
          ref={subject}
          aria-label={t("field.subject")}
          aria-invalid={error?.field === "subject" ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          value={draft.subject}
          placeholder={t(`composer.subject.${draft.kind}`)}
          onChange={(event) => set({ subject: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              event.currentTarget.parentElement?.querySelector("textarea")?.focus();
            }
          }}
          className="block h-6 w-full bg-transparent font-medium placeholder:font-normal focus-visible:outline-none"
        />
        <textarea
          aria-label={t("field.description")}
          value={draft.description}
          placeholder={t("composer.description")}
          rows={draft.subject || draft.description ? 3 : 1}
          onChange={(event) => set({ description: event.target.value })}
          className="mt-0.5 block w-full resize-none bg-transparent focus-visible:outline-none"
        />
        {error ? (
          <p id={`${id}-error`} role="alert" className="text-danger text-small">
            <ErrorText error={error} ways={{ retry: () => void submit() }} />
          </p>
        ) : null}
      </div>
      <div className="flex flex-wrap items-center gap-1.5 border-line-faint border-t p-2">
        <ContactChip draft={draft} contacts={contacts} chosen={chosen} onChoose={(contactId) => set({ contactId })} />
        <WhenPicker value={draft.when} onChange={(when) => set({ when })} />
        <FollowUpPicker
          value={draft.followUp}
          onChange={(followUp) => {
            set({ followUp });
            // What was pressed is gone now; the hand goes on to saving.
            requestAnimationFrame(() => (followUp === null ? firstFollowUp : saveButton).current?.focus());
          }}
          first={firstFollowUp}
        />
        <Button ref={saveButton} variant="primary" keys="mod+Enter" type="submit" className="ml-auto">
          {t(`composer.save.${draft.kind}`)}
        </Button>
      </div>
    </form>
  );
}
