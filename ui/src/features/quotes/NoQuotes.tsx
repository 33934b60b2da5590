import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { t } from "../../lib/i18n";

/** Quotes hang on customers, so that is where one goes from here. */
export function NoQuotes() {
  const navigate = useNavigate();
  return (
    <EmptyState
      title={t("quotes.empty")}
      actions={<Button onClick={() => navigate("/customers")}>{t("customers.open")}</Button>}
    >
      {t("quotes.emptyAbout")}
    </EmptyState>
  );
}
