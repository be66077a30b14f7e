CREATE TABLE users (
  id         uuid PRIMARY KEY,
  email      text,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE teams (
  id       uuid PRIMARY KEY,
  name     text,
  owner_id uuid
);

CREATE TABLE projects (
  id         uuid PRIMARY KEY,
  team_id    uuid,
  owner_id   uuid,
  name       text,
  slug       text,
  archived   boolean DEFAULT false,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE tasks (
  id          uuid PRIMARY KEY,
  project_id  uuid,
  assignee_id uuid,
  title       text,
  body        text,
  status      text,
  position    integer,
  created_at  timestamptz DEFAULT now()
);

CREATE TABLE comments (
  id         uuid PRIMARY KEY,
  task_id    uuid,
  author_id  uuid,
  body       text,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE tasks_archive (
  id         uuid PRIMARY KEY,
  project_id uuid,
  title      text
);

CREATE SCHEMA billing;

CREATE TABLE billing.invoices (
  id         uuid PRIMARY KEY,
  project_id uuid,
  amount     numeric,
  status     text
);

CREATE TABLE shop_customer (id bigint PRIMARY KEY, email text);
CREATE TABLE shop_product (id bigint PRIMARY KEY, title text);
CREATE TABLE shop_order (
  id          bigint PRIMARY KEY,
  customer_id bigint,
  status      text,
  placed_at   timestamptz DEFAULT now()
);
CREATE TABLE shop_orderitem (
  id         bigint PRIMARY KEY,
  order_id   bigint,
  product_id bigint,
  quantity   integer
);
