-- step 1: add column documents.language
--   ACCESS EXCLUSIVE on public.documents
--   ACCESS EXCLUSIVE on public.letters
BEGIN;
ALTER TABLE public.documents ADD COLUMN language text;
COMMIT;
-- undo: ALTER TABLE public.documents DROP COLUMN language;

-- step 2: add check documents_title_check, for new rows
--   ACCESS EXCLUSIVE on public.documents
--   ACCESS EXCLUSIVE on public.letters
BEGIN;
ALTER TABLE public.documents ADD CONSTRAINT documents_title_check CHECK (title <> '') NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.documents DROP CONSTRAINT documents_title_check;

-- step 3: check every row against documents_title_check
--   SHARE UPDATE EXCLUSIVE on public.documents
--   SHARE UPDATE EXCLUSIVE on public.letters
BEGIN;
ALTER TABLE public.documents VALIDATE CONSTRAINT documents_title_check;
COMMIT;

-- step 4: add key documents_author_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.authors
--   SHARE ROW EXCLUSIVE on public.documents
--   SHARE ROW EXCLUSIVE on public.letters
BEGIN;
ALTER TABLE ONLY public.documents ADD CONSTRAINT documents_author_fk FOREIGN KEY (author_id) REFERENCES public.authors (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.documents DROP CONSTRAINT documents_author_fk;

-- step 5: check every row against documents_author_fk
--   ROW SHARE on public.authors
--   SHARE UPDATE EXCLUSIVE on public.documents
BEGIN;
ALTER TABLE public.documents VALIDATE CONSTRAINT documents_author_fk;
COMMIT;
