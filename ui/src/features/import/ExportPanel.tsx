import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { type AppError, call, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { showToast } from "../../lib/ui";

const FORMATS = [
  { format: "xlsx", end: "xlsx", label: "export.xlsx" },
  { format: "csv", end: "csv", label: "export.csv" },
  { format: "vcard", end: "vcf", label: "export.vcard" },
  { format: "json", end: "json", label: "export.json" },
] as const;

/** All customers go out to a file of the user's choice. */
export function ExportPanel() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const write = async ({ format, end }: (typeof FORMATS)[number]) => {
    setBusy(true);
    setError(null);
    try {
      const { path } = await call("export.pick", { name: `${t("export.file")}.${end}` });
      if (path === null) return;
      const filter = { includeInactive: true };
      const written = await call("export.write", { path, kind: "customers", filter, sort: "name", format });
      showToast(t("export.done", { count: written.rows, path }));
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="mt-8 border-line border-t pt-5">
      <h2 className="font-semibold text-h3">{t("export.title")}</h2>
      <p className="mt-1 text-ink-2">{t("export.about")}</p>
      {error ? <ErrorNote className="mt-3" error={error} ways={{ retry: () => setError(null) }} /> : null}
      <div className="mt-3 flex flex-wrap gap-2">
        {FORMATS.map((one) => (
          <Button key={one.format} icon={Download} disabled={busy} onClick={() => void write(one)}>
            {t(one.label)}
          </Button>
        ))}
      </div>
    </section>
  );
}
