create or replace function create_task(_project uuid, _title text)
returns tasks as $$
  insert into tasks (project_id, assignee_id, title)
  values (_project, auth.uid(), _title)
  returning *;
$$ language sql security definer;

create or replace function copy_project(src uuid, new_owner uuid) returns uuid as $fn$
declare
  new_id uuid := gen_random_uuid();
begin
  insert into projects (id, team_id, owner_id, name)
  select new_id, team_id, new_owner, name || ' copy' from projects where id = src;

  insert into tasks (project_id, title)
  select new_id, title from tasks where project_id = src;

  return new_id;
end;
$fn$ language plpgsql;

create or replace function purge() returns void language plpgsql as $$
begin
  delete from comments where created_at < now() - interval '1 year';
  if found then
    delete from tasks t where not exists (select 1 from comments c where c.task_id = t.id);
  end if;
end $$;

create view open_tasks as select * from tasks where status = 'open';
