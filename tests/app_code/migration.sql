BEGIN;

ALTER TABLE projects
  ADD CONSTRAINT projects_team_fk FOREIGN KEY (team_id) REFERENCES teams (id),
  ADD CONSTRAINT projects_owner_fk FOREIGN KEY (owner_id) REFERENCES users (id);

ALTER TABLE tasks
  ADD CONSTRAINT tasks_project_fk FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE CASCADE,
  ADD CONSTRAINT tasks_assignee_fk FOREIGN KEY (assignee_id) REFERENCES users (id);

ALTER TABLE comments
  ADD CONSTRAINT comments_task_fk FOREIGN KEY (task_id) REFERENCES tasks (id),
  ADD CONSTRAINT comments_author_fk FOREIGN KEY (author_id) REFERENCES users (id);

ALTER TABLE billing.invoices
  ADD CONSTRAINT invoices_project_fk FOREIGN KEY (project_id) REFERENCES projects (id);

ALTER TABLE shop_order
  ADD CONSTRAINT order_customer_fk FOREIGN KEY (customer_id) REFERENCES shop_customer (id);

ALTER TABLE shop_orderitem
  ADD CONSTRAINT item_order_fk FOREIGN KEY (order_id) REFERENCES shop_order (id),
  ADD CONSTRAINT item_product_fk FOREIGN KEY (product_id) REFERENCES shop_product (id);

COMMIT;
