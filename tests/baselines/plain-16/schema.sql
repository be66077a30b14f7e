--
-- PostgreSQL database dump
--

-- Dumped from database version 16.2
-- Dumped by pg_dump version 16.2

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: Odd Schema; Type: SCHEMA; Schema: -; Owner: migrator
--

CREATE SCHEMA "Odd Schema";


ALTER SCHEMA "Odd Schema" OWNER TO migrator;

--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION citext IS 'as on the managed server';


--
-- Name: mood; Type: TYPE; Schema: public; Owner: migrator
--

CREATE TYPE public.mood AS ENUM (
    'good',
    'bad'
);


ALTER TYPE public.mood OWNER TO migrator;

--
-- Name: positive; Type: DOMAIN; Schema: public; Owner: migrator
--

CREATE DOMAIN public.positive AS integer
	CONSTRAINT positive_check CHECK ((VALUE > 0));


ALTER DOMAIN public.positive OWNER TO migrator;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: papers; Type: TABLE; Schema: public; Owner: migrator
--

CREATE TABLE public.papers (
    id bigint NOT NULL,
    title text NOT NULL,
    mail public.citext,
    pages public.positive,
    mood public.mood DEFAULT 'good'::public.mood,
    made_at timestamp with time zone DEFAULT now()
);


ALTER TABLE public.papers OWNER TO migrator;

--
-- Name: TABLE papers; Type: COMMENT; Schema: public; Owner: migrator
--

COMMENT ON TABLE public.papers IS 'with a ; and a \restrict';


--
-- Name: title_of(bigint); Type: FUNCTION; Schema: public; Owner: migrator
--

CREATE FUNCTION public.title_of(bigint) RETURNS text
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT papers.title
    FROM public.papers
   WHERE (papers.id = $1);
END;


ALTER FUNCTION public.title_of(bigint) OWNER TO migrator;

--
-- Name: touch(); Type: FUNCTION; Schema: public; Owner: migrator
--

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- \restrict looks like a command here
  RETURN new;
END $$;


ALTER FUNCTION public.touch() OWNER TO migrator;

--
-- Name: Runs; Type: TABLE; Schema: Odd Schema; Owner: migrator
--

CREATE TABLE "Odd Schema"."Runs" (
    "Id" uuid DEFAULT gen_random_uuid() NOT NULL,
    plan_id integer,
    at date NOT NULL
);


ALTER TABLE "Odd Schema"."Runs" OWNER TO migrator;

--
-- Name: counted; Type: MATERIALIZED VIEW; Schema: public; Owner: migrator
--

CREATE MATERIALIZED VIEW public.counted AS
 SELECT count(*) AS count
   FROM public.papers
  WITH NO DATA;


ALTER MATERIALIZED VIEW public.counted OWNER TO migrator;

--
-- Name: events; Type: TABLE; Schema: public; Owner: migrator
--

CREATE TABLE public.events (
    at date NOT NULL,
    what text
)
PARTITION BY RANGE (at);


ALTER TABLE public.events OWNER TO migrator;

--
-- Name: events_2026; Type: TABLE; Schema: public; Owner: migrator
--

CREATE TABLE public.events_2026 (
    at date NOT NULL,
    what text
);


ALTER TABLE public.events_2026 OWNER TO migrator;

--
-- Name: papers_id_seq; Type: SEQUENCE; Schema: public; Owner: migrator
--

ALTER TABLE public.papers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.papers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: plans; Type: TABLE; Schema: public; Owner: migrator
--

CREATE TABLE public.plans (
    id integer NOT NULL,
    paper_id bigint,
    note text
);


ALTER TABLE public.plans OWNER TO migrator;

--
-- Name: plans_id_seq; Type: SEQUENCE; Schema: public; Owner: migrator
--

CREATE SEQUENCE public.plans_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE public.plans_id_seq OWNER TO migrator;

--
-- Name: plans_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: migrator
--

ALTER SEQUENCE public.plans_id_seq OWNED BY public.plans.id;


--
-- Name: titles; Type: VIEW; Schema: public; Owner: migrator
--

CREATE VIEW public.titles AS
 SELECT id,
    title
   FROM public.papers;


ALTER VIEW public.titles OWNER TO migrator;

--
-- Name: events_2026; Type: TABLE ATTACH; Schema: public; Owner: migrator
--

ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');


--
-- Name: plans id; Type: DEFAULT; Schema: public; Owner: migrator
--

ALTER TABLE ONLY public.plans ALTER COLUMN id SET DEFAULT nextval('public.plans_id_seq'::regclass);


--
-- Name: Runs Runs_pkey; Type: CONSTRAINT; Schema: Odd Schema; Owner: migrator
--

ALTER TABLE ONLY "Odd Schema"."Runs"
    ADD CONSTRAINT "Runs_pkey" PRIMARY KEY ("Id");


--
-- Name: papers papers_pkey; Type: CONSTRAINT; Schema: public; Owner: migrator
--

ALTER TABLE ONLY public.papers
    ADD CONSTRAINT papers_pkey PRIMARY KEY (id);


--
-- Name: plans plans_pkey; Type: CONSTRAINT; Schema: public; Owner: migrator
--

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);


--
-- Name: events_what_idx; Type: INDEX; Schema: public; Owner: migrator
--

CREATE INDEX events_what_idx ON ONLY public.events USING btree (what);


--
-- Name: events_2026_what_idx; Type: INDEX; Schema: public; Owner: migrator
--

CREATE INDEX events_2026_what_idx ON public.events_2026 USING btree (what);


--
-- Name: papers_lower_idx; Type: INDEX; Schema: public; Owner: migrator
--

CREATE INDEX papers_lower_idx ON public.papers USING btree (lower(title));


--
-- Name: events_2026_what_idx; Type: INDEX ATTACH; Schema: public; Owner: migrator
--

ALTER INDEX public.events_what_idx ATTACH PARTITION public.events_2026_what_idx;


--
-- Name: papers_mood; Type: STATISTICS; Schema: public; Owner: migrator
--

CREATE STATISTICS public.papers_mood (dependencies) ON title, mood FROM public.papers;


ALTER STATISTICS public.papers_mood OWNER TO migrator;

--
-- Name: papers papers_touch; Type: TRIGGER; Schema: public; Owner: migrator
--

CREATE TRIGGER papers_touch BEFORE UPDATE ON public.papers FOR EACH ROW EXECUTE FUNCTION public.touch();


--
-- Name: Runs Runs_plan_id_fkey; Type: FK CONSTRAINT; Schema: Odd Schema; Owner: migrator
--

ALTER TABLE ONLY "Odd Schema"."Runs"
    ADD CONSTRAINT "Runs_plan_id_fkey" FOREIGN KEY (plan_id) REFERENCES public.plans(id) ON DELETE CASCADE;


--
-- Name: papers; Type: ROW SECURITY; Schema: public; Owner: migrator
--

ALTER TABLE public.papers ENABLE ROW LEVEL SECURITY;

--
-- Name: papers papers_all; Type: POLICY; Schema: public; Owner: migrator
--

CREATE POLICY papers_all ON public.papers TO app USING (true);


--
-- Name: everything; Type: PUBLICATION; Schema: -; Owner: postgres
--

CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, update, delete, truncate');


ALTER PUBLICATION everything OWNER TO postgres;

--
-- Name: SCHEMA "Odd Schema"; Type: ACL; Schema: -; Owner: migrator
--

GRANT USAGE ON SCHEMA "Odd Schema" TO app;


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

GRANT CREATE ON SCHEMA public TO migrator;


--
-- Name: TABLE papers; Type: ACL; Schema: public; Owner: migrator
--

GRANT SELECT,INSERT ON TABLE public.papers TO app;


--
-- Name: COLUMN papers.title; Type: ACL; Schema: public; Owner: migrator
--

GRANT SELECT(title) ON TABLE public.papers TO "report reader";


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: -; Owner: migrator
--

ALTER DEFAULT PRIVILEGES FOR ROLE migrator GRANT SELECT ON TABLES TO "report reader";


--
-- PostgreSQL database dump complete
--

