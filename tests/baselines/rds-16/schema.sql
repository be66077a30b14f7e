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
-- Name: aws_commons; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS aws_commons WITH SCHEMA public;


--
-- Name: EXTENSION aws_commons; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION aws_commons IS 'as on the managed server';


--
-- Name: aws_s3; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS aws_s3 WITH SCHEMA public;


--
-- Name: EXTENSION aws_s3; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION aws_s3 IS 'as on the managed server';


--
-- Name: pg_stat_statements; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public;


--
-- Name: EXTENSION pg_stat_statements; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pg_stat_statements IS 'as on the managed server';


--
-- Name: rds_tools; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS rds_tools WITH SCHEMA public;


--
-- Name: EXTENSION rds_tools; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION rds_tools IS 'as on the managed server';


--
-- Name: rds_note(); Type: FUNCTION; Schema: public; Owner: rdsadmin
--

CREATE FUNCTION public.rds_note() RETURNS void
    LANGUAGE sql
    AS $$SELECT NULL::void$$;


ALTER FUNCTION public.rds_note() OWNER TO rdsadmin;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: papers; Type: TABLE; Schema: public; Owner: master
--

CREATE TABLE public.papers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    title text NOT NULL
);


ALTER TABLE public.papers OWNER TO master;

--
-- Name: plans; Type: TABLE; Schema: public; Owner: master
--

CREATE TABLE public.plans (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    paper_id uuid
);


ALTER TABLE public.plans OWNER TO master;

--
-- Name: papers papers_pkey; Type: CONSTRAINT; Schema: public; Owner: master
--

ALTER TABLE ONLY public.papers
    ADD CONSTRAINT papers_pkey PRIMARY KEY (id);


--
-- Name: plans plans_pkey; Type: CONSTRAINT; Schema: public; Owner: master
--

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);


--
-- Name: plans_paper; Type: INDEX; Schema: public; Owner: master
--

CREATE INDEX plans_paper ON public.plans USING btree (paper_id);


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

GRANT CREATE ON SCHEMA public TO master;


--
-- Name: FUNCTION pg_ls_waldir(OUT name text, OUT size bigint, OUT modification timestamp with time zone); Type: ACL; Schema: pg_catalog; Owner: rdsadmin
--

GRANT ALL ON FUNCTION pg_catalog.pg_ls_waldir(OUT name text, OUT size bigint, OUT modification timestamp with time zone) TO rds_superuser;


--
-- Name: FUNCTION pg_stat_reset(); Type: ACL; Schema: pg_catalog; Owner: rdsadmin
--

GRANT ALL ON FUNCTION pg_catalog.pg_stat_reset() TO rds_superuser;


--
-- Name: FUNCTION rds_note(); Type: ACL; Schema: public; Owner: rdsadmin
--

GRANT ALL ON FUNCTION public.rds_note() TO rds_superuser;


--
-- Name: TABLE papers; Type: ACL; Schema: public; Owner: master
--

GRANT SELECT ON TABLE public.papers TO rds_superuser WITH GRANT OPTION;


--
-- Name: TABLE plans; Type: ACL; Schema: public; Owner: master
--

GRANT ALL ON TABLE public.plans TO rds_replication;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: public; Owner: master
--

ALTER DEFAULT PRIVILEGES FOR ROLE master IN SCHEMA public GRANT SELECT ON TABLES TO rds_superuser;


--
-- PostgreSQL database dump complete
--

