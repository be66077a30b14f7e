CREATE OR REPLACE FUNCTION public.add_comment(p_task_id uuid, p_body text, p_author_id uuid DEFAULT NULL)
RETURNS uuid
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
DECLARE
  v_id uuid;
BEGIN
  IF p_body IS NULL THEN
    RAISE EXCEPTION 'INSERT INTO comments needs a body';
  END IF;
  INSERT INTO public.comments (task_id, author_id, body)
  VALUES (p_task_id, p_author_id, p_body)
  RETURNING id INTO v_id;
  UPDATE tasks SET status = 'discussed' WHERE id = p_task_id;
  RETURN v_id;
END;
$$;

CREATE FUNCTION handle_new_project() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO tasks (project_id, title) VALUES (NEW.id, 'First task');
  RETURN NEW;
END;
$body$;

CREATE TRIGGER on_project AFTER INSERT ON projects FOR EACH ROW EXECUTE FUNCTION handle_new_project();
