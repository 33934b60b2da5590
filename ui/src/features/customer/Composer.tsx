import { UserRound } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "../../components/Button";
import { FactChip } from "../../components/Chip";
import { ErrorText } from "../../components/ErrorNote";
import { FollowUpPicker, SHORTCUTS } from "../../components/FollowUpPicker";
import { COMPOSED, COMPOSER_ICONS, KIND_KEYS, KIND_LABELS } from "../../components/kinds";
import { Menu } from "../../components/Menu";
import type { Contact } from "../../gen/records";
import { useActions } from "../../lib/actions";
import { AppError, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { addDays, today } from "../../lib/dates";
import { t } from "../../lib/i18n";
import { ariaKeys, caps, useKeys } from "../../lib/keymap";
import { useStore } from "../../lib/store";
import type { Edit, Listed } from "../../lib/types";
import { type ComposerKind, ui } from "../../lib/ui";
import { changeField, mint } from "../../record/edits";
import { contactName } from "../../record/names";
import { getHeld, useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { BLANK, clearDraft, type Draft, draftsStore, interactionEdit, setDraft, withNote } from "./composer";
import { WhenPicker } from "./WhenPicker";

interface Props {
  customerId: string;
  contacts: readonly Listed<Contact>[];
}

function Kinds({ kind, onChoose }: { kind: ComposerKind; onChoose: (kind: ComposerKind) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of toggle buttons
    <div role="group" aria-label={t("composer.kind")} className="flex flex-wrap gap-0.5 px-1.5 pt-1.5">
      {COMPOSED.map((value) => (
        <Button
          key={value}
          variant="quiet"
          size="small"
          icon={COMPOSER_ICONS[value]}
          aria-pressed={value === kind}
          aria-keyshortcuts={ariaKeys(KIND_KEYS[value])}
          title={caps(KIND_KEYS[value]).join(" ")}
          onClick={() => onChoose(value)}
          className={cx(value === kind && "bg-pressed text-ink")}
        >
          {t(`composer.kind.${value}`)}
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

function useComposerKeys(customerId: string, focus: () => void, focusDays: () => void) {
  const start = (kind: ComposerKind) => {
    const asksDay = kind === "followUp";
    setDraft(customerId, { kind, ...(asksDay ? { followUp: null } : {}) });
    // The day first, with one key; then the words.
    if (asksDay) requestAnimationFrame(focusDays);
    else focus();
  };
  const inDays = (days: number | null) => () => {
    setDraft(customerId, { kind: "followUp", followUp: days === null ? null : addDays(today(), days) });
    focus();
  };
  useActions(
    COMPOSED.map((kind) => ({
      keys: KIND_KEYS[kind],
      label: KIND_LABELS[kind],
      icon: COMPOSER_ICONS[kind],
      run: () => start(kind),
    })),
  );
  useKeys({
    ...Object.fromEntries(SHORTCUTS.map(({ key, days }) => [`f ${key}`, inDays(days)])),
    "f d": inDays(null),
  });
  const { intent } = useStore(ui);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something is asked for
  useEffect(() => {
    if (intent?.customerId !== customerId) return;
    ui.set({ intent: null });
    start(intent.kind);
  }, [intent, customerId]);
}

async function noteEdit(customerId: string, draft: Draft): Promise<Edit> {
  if (draft.subject.trim() === "" && draft.description.trim() === "") throw new AppError("REQUIRED", "", "subject");
  const seen = await getHeld("customers", customerId);
  return changeField("customers", seen, "notes", withNote(seen.record.notes, draft));
}

async function happenedEdit(customerId: string, draft: Draft, contactId: string | null, me: string | null) {
  const [id = ""] = await mint(1);
  return interactionEdit(draft, { id, customerId, contactId, me }, Date.now());
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
  const isNote = draft.kind === "note";
  useComposerKeys(
    customerId,
    () => subject.current?.focus(),
    () => firstFollowUp.current?.focus(),
  );

  const submit = async () => {
    if (busy.current) return;
    busy.current = true;
    setError(null);
    try {
      const edit = isNote
        ? await noteEdit(customerId, draft)
        : await happenedEdit(customerId, draft, chosen?._id ?? null, overview?.me._id ?? null);
      await save([edit], t(`composer.saved.${draft.kind}`));
      clearDraft(customerId);
      subject.current?.blur();
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
        {isNote ? <span className="text-ink-3 text-small">{t("composer.noteAbout")}</span> : null}
        {isNote ? null : (
          <ContactChip draft={draft} contacts={contacts} chosen={chosen} onChoose={(contactId) => set({ contactId })} />
        )}
        {isNote || draft.kind === "followUp" ? null : (
          <WhenPicker value={draft.when} onChange={(when) => set({ when })} />
        )}
        {isNote ? null : (
          <FollowUpPicker
            value={draft.followUp}
            onChange={(followUp) => {
              // What was pressed goes with this; the hand goes on to the words, or to saving, before the next key is pressed.
              if (followUp === null) {
                flushSync(() => set({ followUp }));
                firstFollowUp.current?.focus();
              } else {
                (draft.subject === "" ? subject : saveButton).current?.focus();
                set({ followUp });
              }
            }}
            first={firstFollowUp}
          />
        )}
        <Button ref={saveButton} variant="primary" keys="mod+Enter" type="submit" className="ml-auto">
          {t(`composer.save.${draft.kind}`)}
        </Button>
      </div>
    </form>
  );
}
