import { type LucideIcon, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "../../lib/i18n";
import { LanguageSwitch } from "./LanguageSwitch";

interface Props {
  icon: LucideIcon;
  title: string;
  /** What failed. */
  failed: string;
  /** What is safe. */
  safe: string;
  children: ReactNode;
}

/** A whole window that says what failed, what is safe, and offers one way on. */
export function Notice({ icon: Icon, title, failed, safe, children }: Props) {
  return (
    <main className="h-full overflow-y-auto bg-surface">
      <div className="mx-auto flex min-h-full w-[520px] max-w-full flex-col px-6 pt-[16vh] pb-10">
        <Icon size={20} strokeWidth={1.5} className="mb-4 text-ink-2" aria-hidden="true" />
        <h1 className="font-semibold text-h1 tracking-[-0.018em]">{title}</h1>
        <p className="mt-2 text-ink-2" data-selectable>
          {failed}
        </p>
        <p className="mt-3 flex gap-2 rounded-sm bg-ok-soft px-3 py-2">
          <ShieldCheck size={16} strokeWidth={1.75} className="mt-0.5 shrink-0 text-ok" aria-hidden="true" />
          <span>
            <span className="sr-only">{t("notice.safe")} </span>
            {safe}
          </span>
        </p>
        <div className="mt-5">{children}</div>
        <div className="mt-auto pt-10">
          <LanguageSwitch />
        </div>
      </div>
    </main>
  );
}
