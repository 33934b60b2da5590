import { useState } from "react";
import { Popover } from "../../components/Popover";
import { t } from "../../lib/i18n";
import { useAppInfo, useSession } from "../../record/queries";

/** A quiet line: there is a newer version, and what to do about it. */
export function NewerApp() {
  const version = useSession().data?.newerApp;
  const own = useAppInfo().data?.version ?? "";
  const [open, setOpen] = useState(false);
  return (
    <span className="ml-auto">
      {version ? (
        <Popover
          label={t("update.title")}
          open={open}
          onOpenChange={setOpen}
          side="top"
          align="end"
          trigger={
            <button
              type="button"
              className="rounded-xs px-1 text-ink-2 underline-offset-2 hover:text-ink hover:underline"
            >
              {t("update.line", { version })}
            </button>
          }
        >
          <h2 className="font-semibold text-body">{t("update.title")}</h2>
          <p className="mt-1 text-body text-ink-2">{t("update.about", { version, own })}</p>
          <p className="mt-2 text-body text-ink-2">{t("update.how")}</p>
        </Popover>
      ) : null}
    </span>
  );
}
