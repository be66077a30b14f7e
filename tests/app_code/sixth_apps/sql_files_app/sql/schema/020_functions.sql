CREATE OR REPLACE FUNCTION handle_new_project()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO public.tasks (project_id, title, assignee_id)
  VALUES (NEW.id, 'Welcome', NEW.owner_id);
  IF NEW.team_id IS NOT NULL THEN
    INSERT INTO public.comments (task_id, body)
    SELECT t.id, 'hello' FROM public.tasks t WHERE t.project_id = NEW.id;
  END IF;
  EXECUTE format('INSERT INTO billing.invoices (id, amount) VALUES (%L, 0)', gen_random_uuid());
  RETURN NEW;
END;
$$;

CREATE TRIGGER on_project_created AFTER INSERT ON projects
  FOR EACH ROW EXECUTE FUNCTION handle_new_project();

CREATE FUNCTION purge(p uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM tasks WHERE project_id = p;
  DELETE FROM projects WHERE id = p;
$$;
