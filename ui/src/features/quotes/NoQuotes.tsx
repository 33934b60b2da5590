import { EmptyState } from "../../components/EmptyState";
import { t } from "../../lib/i18n";

/** Quotes hang on customers, so that is where one goes from here. */
export function NoQuotes() {
  return (
    <EmptyState title={t("quotes.empty")} way={{ to: "/customers", label: t("customers.open") }}>
      {t("quotes.emptyAbout")}
    </EmptyState>
  );
}
