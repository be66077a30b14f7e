from django.db import models


class Customer(models.Model):
    class Meta:
        db_table = "shop_customer"


class Product(models.Model):
    class Meta:
        db_table = "shop_product"


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    gift_for = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "shop_order"

    def again(self):
        return Order.objects.create(customer=self.customer)

    def pass_on(self):
        return Order.objects.create(customer=self.gift_for)


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)

    class Meta:
        db_table = "shop_orderitem"


def store_items(rows):
    if not rows:
        return []
    return OrderItem.objects.bulk_create(rows)


def best_customer(region):
    if region == "none":
        return None
    return Customer.objects.first()
