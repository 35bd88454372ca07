import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";

/** Leads from a judged item to what looks like it. */
export const FindKey = ({ item }: { item: string }) => {
  const app = useApp();
  const { words } = useSpeech();
  const find = (): void => {
    app.go("similar");
    void app.similar.open(item);
  };
  return <button type="button" class="btn big" data-similar onClick={find}><Icon name="filter" />{words.similar.find}</button>;
};
