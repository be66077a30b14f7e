ALTER TABLE ONLY order_items
    ADD CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES orders(id) NOT VALID;
