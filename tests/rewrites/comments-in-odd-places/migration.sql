BEGIN;
ALTER TABLE /* the (big) one */ orders -- ADD nothing, really
  ADD /* , */ CONSTRAINT -- its name:
    orders_coupon_uq UNIQUE /* (coupon) */ ( -- one ) two
      coupon /* NOT DEFERRABLE, */ , user_id
    ) -- DEFERRABLE
  , ADD CONSTRAINT orders_user_fk /* ; */ FOREIGN KEY (user_id)
    REFERENCES /* public. */ users -- (email)
    (id) ON DELETE /* CASCADE */ RESTRICT -- NOT VALID
  ;
COMMIT;
