import { useLocation, useNavigate } from "react-router";

/** Back to where one came from; to its list when the window opened here. */
export function useBack(list: string): () => void {
  const navigate = useNavigate();
  const { key } = useLocation();
  return () => void (key === "default" ? navigate(list) : navigate(-1));
}
