import { type FormEvent, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { SelectField, TextArea } from "../../components/Field";
import { Dialog } from "../../components/Overlay";
import { type AppError, toAppError } from "../../lib/call";
import { type Key, t } from "../../lib/i18n";
import type { Verb } from "../../lib/types";
import type { VerbTarget } from "./useVerbs";

interface Props {
  verb: Verb;
  quote: VerbTarget;
  onClose: () => void;
  onAct: (details: Record<string, unknown>) => Promise<void>;
  onCustomer: () => void;
}

const CHANNELS = [
  ["handed over", "channel.handed"],
  ["printed", "channel.printed"],
  ["email", "channel.email"],
  ["other", "channel.other"],
] as const;

/** The question before a verb. What is refused stays here, with its way on. */
export function VerbDialog({ verb, quote, onClose, onAct, onCustomer }: Props) {
  const [channel, setChannel] = useState<string>("handed over");
  const [reason, setReason] = useState("");
  const [error, setError] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      if (verb === "send") await onAct({ channel });
      else if (verb === "reject") await onAct({ reason });
      else await onAct({ late: true });
    } catch (thrown) {
      setError(toAppError(thrown));
      setBusy(false);
    }
  };
  const form = `verb-${verb}`;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`verb.${verb}.ask` as Key, { number: quote.number })}
      about={t(`verb.${verb}.about` as Key)}
      foot={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button variant="primary" type="submit" form={form} disabled={busy}>
            {t(`verb.${verb}` as Key)}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)} className="grid gap-3">
        {verb === "send" ? (
          <SelectField
            label={t("verb.channel")}
            value={channel}
            onChange={(event) => setChannel(event.target.value)}
            options={CHANNELS.map(([value, label]) => ({ value, label: t(label) }))}
          />
        ) : null}
        {verb === "reject" ? (
          <TextArea
            label={t("verb.reason")}
            value={reason}
            error={error?.code === "REASON_REQUIRED" ? t("error.REASON_REQUIRED") : undefined}
            onChange={(event) => setReason(event.target.value)}
          />
        ) : null}
        {error && error.code !== "REASON_REQUIRED" ? (
          <ErrorNote error={error} ways={{ addContact: onCustomer }} />
        ) : null}
      </form>
    </Dialog>
  );
}
