// What is asked before a customer's status changes: a reason, or a confirmation. Nothing is saved until it is answered.
import { useState } from "react";
import { Button } from "../components/Button";
import { ErrorNote } from "../components/ErrorNote";
import { TextArea } from "../components/Field";
import type { AppError } from "../lib/call";
import { describe } from "../lib/errors";
import { t } from "../lib/i18n";
import type { CustomerStatus } from "../lib/types";

/** Asked before anything is saved. The core has the last word: it may ask for a reason where we did not. */
export function wantsReason(from: CustomerStatus, to: CustomerStatus): boolean {
  return to === "inactive" || (from === "lead" && to === "prospect");
}

interface Props {
  to: CustomerStatus;
  error: AppError | null;
  onSave: (reason: string) => void;
  onConfirm: () => void;
  onClose: () => void;
  onAddContact?: () => void;
}

export function StatusQuestion({ to, error, onSave, onConfirm, onClose, onAddContact }: Props) {
  const [reason, setReason] = useState("");
  const target = t(`status.${to}`);
  if (error?.code === "CONFIRMATION_REQUIRED") {
    return (
      <>
        <p className="mb-3">{describe(error)}</p>
        <Button variant="primary" autoFocus onClick={onConfirm}>
          {t("status.confirm")}
        </Button>
      </>
    );
  }
  if (error !== null && error.code !== "REASON_REQUIRED") {
    return (
      <ErrorNote
        error={error}
        ways={{ close: onClose, reload: onClose, retry: () => onSave(reason), addContact: onAddContact ?? onClose }}
      />
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(reason.trim());
      }}
    >
      <TextArea
        label={t("status.reason", { status: target })}
        autoFocus
        rows={2}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            if (reason.trim()) onSave(reason.trim());
          }
        }}
      />
      <Button variant="primary" type="submit" className="mt-3" disabled={reason.trim() === ""}>
        {t("status.set", { status: target })}
      </Button>
    </form>
  );
}
