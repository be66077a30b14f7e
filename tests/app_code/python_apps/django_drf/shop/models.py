from django.db import models


class Customer(models.Model):
    email = models.EmailField(unique=True)


class Product(models.Model):
    title = models.CharField(max_length=100)


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new"

    customer = models.ForeignKey("shop.Customer", on_delete=models.PROTECT)
    status = models.CharField(choices=Status.choices, max_length=10)

    def add(self, product, quantity=1):
        return self.orderitem_set.create(product=product, quantity=quantity)


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True)
    quantity = models.IntegerField(default=1)
