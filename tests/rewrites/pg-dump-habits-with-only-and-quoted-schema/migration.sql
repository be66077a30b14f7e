ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line);

ALTER TABLE ONLY "public"."order_items"
    ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES "public"."products"(id) ON DELETE SET NULL;
