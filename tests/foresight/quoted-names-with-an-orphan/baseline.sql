CREATE SCHEMA "Odd Schema";
CREATE TABLE "Odd Schema"."Paper's" ("Id" uuid PRIMARY KEY, "select" text);
CREATE TABLE "Odd Schema"."plan ""x""" ("Id" uuid PRIMARY KEY, "Paper Id" uuid, "ünïcode" int);
