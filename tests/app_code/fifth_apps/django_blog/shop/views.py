from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from rest_framework import viewsets

from .forms import ItemForm, OrderForm
from .models import Customer, Order, OrderItem, Product
from .serializers import OrderSerializer


class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer


@login_required
def add_item(request, order_id):
    order = get_object_or_404(Order, pk=order_id)
    form = ItemForm(request.POST or None)
    if form.is_valid():
        item = form.save(commit=False)
        item.order = order
        item.save()
        return redirect("order", order.pk)
    return render(request, "item.html", {"form": form})


def new_order(request):
    form = OrderForm(request.POST)
    if form.is_valid():
        form.save()
    return redirect("orders")


def checkout(request):
    customer, _ = Customer.objects.get_or_create(email=request.POST["email"])
    order = customer.orders.create(status="new")
    OrderItem.objects.bulk_create(
        [OrderItem(order=order, product_id=pid, quantity=q) for pid, q in request.session["cart"].items()]
    )
    return redirect("done")


def reorder(request, pk):
    old = Order.objects.get(pk=pk)
    new = Order(customer=old.customer)
    new.save()
    for it in old.items.all():
        it.pk = None
        it.order = new
        it.save()


def set_quantity(request, pk, product_id):
    OrderItem.objects.update_or_create(order_id=pk, product_id=product_id, defaults={"quantity": request.POST["q"]})
    Order.objects.filter(pk=pk).update(status="changed")
    Product.objects.filter(title="").delete()
