import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../../components/Button";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import type { SessionStatus } from "../../lib/types";
import { forgetHistory } from "../../record/save";
import { tellError } from "../../record/tell";

/** Says that the company is made up, and leaves it with one press: nothing of it stays. */
export function SampleBanner({ status }: { status: SessionStatus }) {
  const client = useQueryClient();
  if (!status.sample) return null;
  const leave = async () => {
    try {
      const left = await call("session.signOut", { discardWaiting: true });
      forgetHistory();
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      client.setQueryData(["session"], left);
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <div
      role="status"
      className="col-span-2 flex min-h-9 flex-wrap items-center gap-x-3 border-line border-b bg-sunken px-4 text-ink-2"
    >
      <span>{t("sample.banner")}</span>
      <Button variant="link" onClick={() => void leave()}>
        {t("sample.leave")}
      </Button>
    </div>
  );
}
